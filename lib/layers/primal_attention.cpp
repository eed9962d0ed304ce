#include "mercer/layers/primal_attention.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "layers/sums.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/features/similarities.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

const PrimalAttentionOptions& checked(const PrimalAttentionOptions& options) {
  require(options.rank >= 1, "PrimalAttention", "rank: got " + std::to_string(options.rank) + ", want at least 1");
  require(options.key_width.value_or(1) >= 1, "PrimalAttention",
          "key_width: got " + std::to_string(options.key_width.value_or(1)) + ", want at least 1");
  require(options.eta >= 0 && std::isfinite(options.eta), "PrimalAttention",
          "eta: got " + std::to_string(options.eta) + ", want a finite number of at least 0");
  require(options.lambda_kl >= 0 && std::isfinite(options.lambda_kl), "PrimalAttention",
          "lambda_kl: got " + std::to_string(options.lambda_kl) + ", want a finite number of at least 0");
  require(options.normaliser == Normaliser::symmetric || options.normaliser == Normaliser::none, "PrimalAttention",
          "normaliser: want symmetric or none: e and r are of one matrix, which another denominator would divide "
          "differently in either direction");
  return options;
}

Linear projection(const AttentionLayerOptions& layer, Index width, Random& random) {
  return Linear({.in = layer.in, .out = layer.heads * width, .bias = false}, random);
}

/// λ with softplus(λ) = Λ ~ U(0, 1), kept away from 0.
Variable first_singular_weights(Index count, Random& random) {
  Tensor weights = Tensor::uninitialized(1, count);
  for (Real& weight : weights.values())
    weight = static_cast<Real>(std::log(std::expm1(std::max(random.uniform(), 1e-3))));
  return Variable(std::move(weights), true);
}

/// x_h W for every head, with one W [s, d]: rows of heads are rows of a matrix.
Variable each_head(const Variable& x, const Linear& linear, Index heads) {
  const Index n = x.rows(), s = linear.weight.rows(), d = linear.weight.columns();
  return reshape(linear(reshape(x, n * heads, s)), n, heads * d);
}

}  // namespace

PrimalAttention::PrimalAttention(const AttentionLayerOptions& sizes, const PrimalAttentionOptions& given,
                                 Random& random)
    : layer(checked("PrimalAttention", sizes)),
      options(checked(given)),
      similarity(CosineOptions{.shift = 0}({layer.heads, options.key_width.value_or(layer.width)}, random)),
      query(projection(layer, options.key_width.value_or(layer.width), random)),
      key(projection(layer, options.key_width.value_or(layer.width), random)),
      right(projection(layer, options.rank, random)),
      left(projection(layer, options.rank, random)),
      from_e({.in = options.rank, .out = layer.width, .bias = false}, random),
      from_r({.in = options.rank, .out = layer.width, .bias = false}, random),
      singular_weight(first_singular_weights(layer.heads * options.rank, random)),
      join_heads(layer, random) {
  for (Linear* values : {&right, &left})
    values->weight = orthogonal_heads(layer.in, layer.heads, options.rank, random);
  if (!options.gaussian_process) return;
  process.emplace(layer.heads, options.rank, random);
  from_r.weight = {};
}

Variable PrimalAttention::objective(const Variable& e, const Variable& r, const Variable& c) const {
  const Real cells = static_cast<Real>(layer.heads * std::max<Index>(e.rows(), 1));
  const Variable lambda = softplus(singular_weight);
  const auto energy = [&](const Variable& x) {
    const Variable weighed = scale_heads(x, lambda);
    return scale(sum(multiply(weighed, weighed)), 1 / (2 * cells));
  };
  return add(add(energy(e), energy(r)), scale(sum(multiply(c, e)), -1 / cells));
}

Variable PrimalAttention::objective(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  const auto [of_e, of_r] = both_ways(neighbourhood, x, pass);
  return objective(attend(of_e), attend(of_r), of_r.v);
}

std::pair<Operands, Operands> PrimalAttention::both_ways(const Neighbourhood& neighbourhood, const Input& given,
                                                         Pass& pass) const {
  refuse_other_facts("PrimalAttention", neighbourhood);
  require(neighbourhood.partitioned() == nullptr, "PrimalAttention",
          "graph: got a part of one, want the whole: it attends both ways; one device trains it");
  require(
      !std::holds_alternative<Block>(neighbourhood.topology()), "PrimalAttention",
      "neighbourhood: got a block, want a graph: it attends both ways, and the targets of a block are not all of its "
      "sources");
  expect("PrimalAttention", {{"columns of the graph", neighbourhood.columns(), neighbourhood.rows()}});
  expect_input("PrimalAttention", neighbourhood, given, layer.in);
  Operands e{.neighbourhood = neighbourhood,
             .x = neighbourhood.dropout(given, pass.dropout(layer.input_dropout)),
             .similarity = similarity};
  e.q = query(e.x), e.k = key(e.x);
  compare(e, pass);
  e.v = neighbourhood.dropout(right(e.x), pass.dropout(layer.value_dropout));
  e.options = {.heads = layer.heads, .normaliser = options.normaliser, .storage = layer.storage};
  e.options.guarded = pass.guarded();
  // K = q̂ k̂ᵀ over all pairs of a sequence: e = q̂ (k̂ᵀ a), and no weight of a pair is formed
  e.linear = std::holds_alternative<Segments>(neighbourhood.topology()) && layer.attention_dropout == 0 &&
             given.device().is_cpu();
  Operands r = e;
  r.neighbourhood = neighbourhood.reversed();
  std::swap(r.q, r.k);
  std::swap(r.compared.front().q, r.compared.front().k);
  r.v = neighbourhood.dropout(left(e.x), pass.dropout(layer.value_dropout));
  e.options.dropout = r.options.dropout = pass.dropout(layer.attention_dropout);
  r.options.dropout.transposed = 1;
  return {std::move(e), std::move(r)};
}

Operands PrimalAttention::operands(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  return both_ways(neighbourhood, x, pass).first;
}

Output PrimalAttention::operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  const auto [of_e, of_r] = both_ways(neighbourhood, x, pass);
  Output out = heads_of(attend(of_e), attend(of_r), of_r.v, x.rows(), pass);
  out.y = join_heads(out.y, of_e.x);
  return out;
}

Output PrimalAttention::heads_of(const Variable& e, const Variable& r, const Variable& c, Index rows,
                                 Pass& pass) const {
  Output out;
  if (process) {
    const Variable lambda = softplus(singular_weight), inverse = multiply(lambda, lambda), L = process->factors();
    out.y = each_head((*process)(add(e, r), inverse, L, pass), from_e, layer.heads);
    if (options.lambda_kl > 0)
      out.penalty = divided(scale(process->divergence(inverse, L), options.lambda_kl),
                            pass.examples() > 0 ? pass.examples() : rows);
  } else {
    out.y = add(each_head(e, from_e, layer.heads), each_head(r, from_r, layer.heads));
  }
  if (options.eta == 0) return out;
  const Variable J = objective(e, r, c);
  out.penalty = sum_of(scale(multiply(J, J), options.eta), out.penalty);
  return out;
}

Parameters PrimalAttention::parameters(const std::string& prefix) const {
  Parameters all;
  append(all, query.parameters(prefix + "query."));
  append(all, key.parameters(prefix + "key."));
  append(all, right.parameters(prefix + "right."));
  append(all, left.parameters(prefix + "left."));
  append(all, from_e.parameters(prefix + "from_e."));
  if (process)
    append(all, process->parameters(prefix + "process."));
  else
    append(all, from_r.parameters(prefix + "from_r."));
  all.push_back({prefix + "singular_weight", singular_weight, false});
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
