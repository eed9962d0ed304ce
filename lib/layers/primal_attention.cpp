#include "mercer/layers/primal_attention.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/edge_facts.hpp"

namespace mercer {
namespace {

const PrimalAttentionOptions& checked(const PrimalAttentionOptions& options) {
  require(options.rank >= 1, "PrimalAttention", "rank: got " + std::to_string(options.rank) + ", want at least 1");
  require(options.eta >= 0 && std::isfinite(options.eta), "PrimalAttention",
          "eta: got " + std::to_string(options.eta) + ", want a finite number of at least 0");
  require(options.normaliser == Normaliser::symmetric || options.normaliser == Normaliser::none, "PrimalAttention",
          "normaliser: want symmetric or none: e and r are of one matrix, which another denominator would divide "
          "differently in either direction");
  return options;
}

Linear projection(const PrimalAttentionOptions& options, Index width, Random& random) {
  return Linear({.in = options.in, .out = options.heads * width, .bias = false}, random);
}

/// x_h W for every head, W [s, d] the same: rows of heads are rows of a matrix.
Variable each_head(const Variable& x, const Linear& linear, Index heads) {
  const Index n = x.rows(), s = linear.weight.rows(), d = linear.weight.columns();
  return reshape(linear(reshape(x, n * heads, s)), n, heads * d);
}

}  // namespace

PrimalAttention::PrimalAttention(PrimalAttentionOptions given, Random& random)
    : options(checked(given)),
      query(projection(options, options.width, random)),
      key(projection(options, options.width, random)),
      right(projection(options, options.rank, random)),
      left(projection(options, options.rank, random)),
      from_e({.in = options.rank, .out = options.width, .bias = false}, random),
      from_r({.in = options.rank, .out = options.width, .bias = false}, random),
      // softplus(λ) = 1
      singular_weight(Tensor::filled(1, options.heads * options.rank, std::log(std::exp(Real(1)) - 1)), true),
      join_heads({.in = options.in,
                  .heads = options.heads,
                  .width = options.width,
                  .join = options.join,
                  .bias = options.bias,
                  .residual = options.residual},
                 random) {}

Variable PrimalAttention::penalty(const Variable& e, const Variable& r) const {
  const auto heads = static_cast<Real>(options.heads);
  const Real cells = heads * static_cast<Real>(std::max<Index>(e.rows(), 1));
  const Variable lambda = softplus(singular_weight);
  const auto energy = [&](const Variable& x) {
    const Variable weighed = scale_heads(x, lambda);
    return scale(sum(multiply(weighed, weighed)), 1 / (2 * cells));
  };
  const Variable trace = scale(sum(multiply(right.weight, left.weight)), -1 / heads);
  const Variable J = add(add(energy(e), energy(r)), trace);
  return scale(multiply(J, J), options.eta);
}

Output PrimalAttention::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  refuse_other_facts("PrimalAttention", neighbourhood);
  require(neighbourhood.partitioned() == nullptr, "PrimalAttention",
          "graph: got a part of one, want the whole: it attends both ways; one device trains it");
  require(
      !std::holds_alternative<Block>(neighbourhood.topology()), "PrimalAttention",
      "neighbourhood: got a block, want a graph: it attends both ways, and the targets of a block are not all of its "
      "sources");
  expect("PrimalAttention", {{"columns of x", given.columns(), options.in},
                             {"columns of the graph", neighbourhood.columns(), neighbourhood.rows()}});
  const Input x = dropout(given, pass.dropout(options.input_dropout));
  const Variable q = unit_heads(query(x), options.heads), k = unit_heads(key(x), options.heads);
  const Variable a = dropout(right(x), pass.dropout(options.value_dropout)),
                 c = dropout(left(x), pass.dropout(options.value_dropout));
  AttendOptions by{.heads = options.heads, .normaliser = options.normaliser, .storage = options.storage};
  by.guarded = pass.guarded();
  by.dropout = pass.dropout(options.attention_dropout);
  const Variable e = attend(neighbourhood, InnerProduct{}, q, k, a, by);
  by.dropout = pass.dropout(options.attention_dropout);
  const Variable r = attend(neighbourhood.reversed(), InnerProduct{}, k, q, c, by);
  const Variable y = add(each_head(e, from_e, options.heads), each_head(r, from_r, options.heads));
  return {join_heads(y, x), options.eta > 0 ? penalty(e, r) : Variable()};
}

Tensor PrimalAttention::attention(const Neighbourhood& neighbourhood, const Input& x) const {
  return factors(neighbourhood, x).alpha;
}

Factors PrimalAttention::factors(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  return attention_factors(neighbourhood, InnerProduct{}, unit_heads(query(x), options.heads),
                           unit_heads(key(x), options.heads),
                           {.heads = options.heads, .normaliser = options.normaliser, .storage = options.storage});
}

KernelProbe PrimalAttention::probe(const Neighbourhood&, const Input& x) const {
  const NoGrad no_tape;
  return {.heads = options.heads,
          .width = options.width,
          .q = query(x).value(),
          .k = key(x).value(),
          .similarity =
              [h = options.heads](const Tensor& q, const Tensor& k) {
                const NoGrad none;
                const auto unit = [h](const Tensor& of) { return unit_heads(Variable(of), h).value(); };
                return similarity_of_pairs(InnerProduct{}, unit(q), unit(k), h);
              },
          .is_signed = true};
}

Parameters PrimalAttention::parameters(const std::string& prefix) const {
  Parameters all;
  append(all, query.parameters(prefix + "query."));
  append(all, key.parameters(prefix + "key."));
  append(all, right.parameters(prefix + "right."));
  append(all, left.parameters(prefix + "left."));
  append(all, from_e.parameters(prefix + "from_e."));
  append(all, from_r.parameters(prefix + "from_r."));
  all.push_back({prefix + "singular_weight", singular_weight, false});
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
