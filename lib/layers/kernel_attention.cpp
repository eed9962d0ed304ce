#include "mercer/layers/kernel_attention.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

bool reads_vectors(const AnyKernel& kernel) {
  return std::visit([]<class K>(const K&) { return !std::is_same_v<PairingOf<K>, Nothing>; }, kernel);
}

bool is_additive(const AnyKernel& kernel) {
  return std::holds_alternative<Additive>(kernel) || std::holds_alternative<DynamicAdditive>(kernel);
}

bool is_signed(const AnyKernel& kernel) {
  return std::visit([]<class K>(const K&) { return !PositiveKernel<K>; }, kernel);
}

AnyKernel chosen(const KernelAttentionOptions& options) {
  const auto* as_given = std::get_if<AnyKernel>(&options.kernel);
  return as_given ? *as_given : std::get<Fitted>(options.kernel).to(options.key_width.value_or(options.width));
}

void check(const KernelAttentionOptions& options, const AnyKernel& kernel) {
  const auto refused = [](const char* name, Real got, const char* want) {
    throw ValueError(std::string("[KernelAttention] ") + name + ": got " + std::to_string(got) + ", want " + want);
  };
  if (options.p && !(*options.p >= 1)) refused("p", *options.p, "at least 1");
  if (options.divisor && !(*options.divisor > 0)) refused("divisor", *options.divisor, "more than 0");
  require(options.normaliser != Normaliser::softmax || !is_signed(kernel), "KernelAttention",
          "normaliser: got softmax, want another one for a kernel that can be negative");
  require(!is_additive(kernel), "KernelAttention",
          "kernel: got an additive one, want GraphAttention or GraphAttentionV2 for it");
  const Index key_width = options.key_width.value_or(options.width);
  require(!options.tied || key_width == options.width, "KernelAttention",
          "key_width: got " + std::to_string(key_width) + ", want the width of the values, " +
              std::to_string(options.width) + ", where projections are tied");
}

void check(const KernelAttentionOptions& options, const FeatureMap& features) {
  const bool row_sum = options.normaliser == Normaliser::softmax || options.normaliser == Normaliser::row_sum;
  require(row_sum || !features.leaves_out_query_factor(), "KernelAttention",
          "normaliser: want softmax for positive random features: a factor of each query is left out");
  // ‖[q | k]‖ₚ² is a sum over both ends for p = 2 alone
  require(!std::holds_alternative<JointMap>(features.map()) || !options.p || *options.p == 2, "KernelAttention",
          "p: got " + std::to_string(options.p.value_or(0)) +
              ", want 2: no other norm of a concatenation falls into its ends'");
}

Linear projection(const KernelAttentionOptions& options, Index width, Random& random) {
  return Linear({.in = options.in, .out = options.heads * width, .bias = options.projection_bias}, random);
}

/// x / n.
Variable shared(const Variable& x, Index n) { return scale(x, Real(1) / static_cast<Real>(std::max<Index>(n, 1))); }

Variable sum_of(const Variable& a, const Variable& b) { return a ? (b ? add(a, b) : a) : b; }

/// What was taken out of φ(k), or depends on k alone in κ, [m, h], is the similarity's and not the magnitude's.
void move_to_similarity(const Tensor& taken_out, CsrView listens, Factors& factors) {
  for_each_edge(listens, [&](Node, Node j, Edge e) {
    for (Index h = 0; h < taken_out.columns(); ++h) {
      factors.similarity(e, h) += taken_out(j, h);
      factors.log_magnitude(e, h) -= taken_out(j, h);
    }
  });
}

}  // namespace

AnyKernel Fitted::to(Index width) const {
  AnyKernel made = kernel;
  const Real root = std::sqrt(static_cast<Real>(std::max<Index>(width, 1)));
  std::visit(
      [root]<class K>(K& kappa) {
        if constexpr (requires { kappa.scale; }) kappa.scale = 1 / root;
        if constexpr (!requires { kappa.sigma; })
          return;
        else if constexpr (std::is_same_v<PairingOf<K>, SquaredDistance>)
          kappa.sigma = std::sqrt(root);
        if constexpr (std::is_same_v<PairingOf<K>, AbsoluteDistance>) kappa.sigma = root;
      },
      made);
  return made;
}

KernelAttention::KernelAttention(KernelAttentionOptions given, Random& random)
    : options(std::move(given)),
      kernel(chosen(options)),
      value(projection(options, options.width, random)),
      join_heads({.in = options.in,
                  .heads = options.heads,
                  .width = options.width,
                  .join = options.join,
                  .bias = options.bias,
                  .residual = options.residual},
                 random) {
  if (options.comparison) {
    comparison = options.comparison({options.heads, key_width()}, random);
    kernel = comparison->kernel;
  }
  if (options.features) {
    features.emplace(*options.features, options.heads, key_width(), random);
    kernel = features->kernel();
    check(options, *features);
  }
  check(options, kernel);
  if (options.edge_types > 0) type_bias = zeros(options.edge_types, options.heads);
  if (options.tied) return;
  const bool reads = reads_vectors(kernel);
  if (reads) query = projection(options, key_width(), random);
  if (reads || options.p) key = projection(options, key_width(), random);
}

KernelAttention::Operands KernelAttention::operands(const Neighbourhood& neighbourhood, const Input& x,
                                                    Pass& pass) const {
  Operands made;
  made.v = value(x);
  made.options.heads = options.heads;
  made.options.normaliser = options.normaliser;
  const Variable k = options.tied ? made.v : key ? (*key)(x) : Variable();
  if (reads_vectors(kernel)) {
    const auto seen = [&](const Variable& nodes) { return comparison ? comparison->seen(nodes) : nodes; };
    made.q = seen(options.tied ? made.v : (*query)(x));
    made.k = seen(k);
    made.heard = neighbourhood.speakers(made.k);
  }
  if (comparison && comparison->key_bias) made.of_kernel = neighbourhood.speakers(comparison->key_bias(k));
  if (options.p) made.options.key_bias = neighbourhood.speakers(magnitude(k, pass));
  made.options.key_bias = sum_of(made.options.key_bias, made.of_kernel);
  take_edge_facts(neighbourhood, made.options);
  return made;
}

Variable KernelAttention::magnitude(const Variable& k, Pass& pass) const {
  const Real root = std::sqrt(static_cast<Real>(std::max<Index>(key_width(), 1)));
  const Real divisor = options.divisor.value_or(2 * (options.divisor_of_release ? std::sqrt(root) : root));
  return dropout(squared_norm(k, options.heads, *options.p, divisor), pass.dropout(options.magnitude_dropout));
}

void KernelAttention::take_edge_facts(const Neighbourhood& neighbourhood, AttendOptions& to) const {
  constexpr Real most = 10;  // e^10 between two types of edge is as good as a choice
  const EdgeFacts& facts = neighbourhood.facts();
  if (options.edge_types > 0) {
    expect("KernelAttention", {{"edge types of the neighbourhood", facts.types, options.edge_types}});
    to.edge_bias = gather_rows(clamp(type_bias, -most, most), facts.type);
  }
  if (!options.edge_weights) return;
  require(facts.weight.defined(), "KernelAttention",
          "edge weights: the neighbourhood has none; neighbourhood_for makes what a model listens to");
  to.edge_weight = facts.weight;
}

Output KernelAttention::over_draws(const Operands& of, Pass& pass, const Attends& attends) const {
  if (!features) return {attends(of.q, of.heard, of.options)};
  const Index draws = features->draws(pass);
  Output mean;
  for (Index draw = 0; draw < draws; ++draw) {
    const Mapped phi = (*features)(of.q, of.k, of.heard, pass, draw);
    AttendOptions with_bias = of.options;
    with_bias.key_bias = sum_of(of.options.key_bias, phi.key_bias);
    mean.y = sum_of(mean.y, attends(phi.q, phi.k, with_bias));
    mean.penalty = sum_of(mean.penalty, phi.penalty);
  }
  if (draws == 1) return mean;
  return {shared(mean.y, draws), mean.penalty ? shared(mean.penalty, draws) : Variable()};
}

Output KernelAttention::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  expect("KernelAttention", {{"columns of x", given.columns(), options.in}});
  const Input x = dropout(given, pass.dropout(options.input_dropout));
  Operands of = operands(neighbourhood, x, pass);
  const Variable v = neighbourhood.speakers(dropout(of.v, pass.dropout(options.value_dropout)));
  of.options.dropout = pass.dropout(options.attention_dropout);
  of.options.guarded = pass.guarded();
  Output out = over_draws(of, pass, [&](const Variable& q, const Variable& k, const AttendOptions& with) {
    return attend(neighbourhood.graph(), kernel, q, k, v, with);
  });
  if (out.penalty) out.penalty = shared(out.penalty, pass.examples() > 0 ? pass.examples() : x.rows());
  out.y = join_heads(out.y, x);
  return out;
}

Tensor KernelAttention::attention(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  const Operands of = operands(neighbourhood, x, pass);
  const auto weights = [&](const Variable& q, const Variable& k, const AttendOptions& with) {
    return Variable(attention_weights(neighbourhood.graph(), kernel, q, k, with));
  };
  return over_draws(of, pass, weights).y.value();
}

bool KernelAttention::splits_dot_products() const {
  return std::holds_alternative<Exponential>(kernel) && !comparison && !features && !options.p;
}

Factors KernelAttention::factors(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  const Operands of = operands(neighbourhood, x, pass);
  HalfSquares halves;
  if (splits_dot_products())
    halves = {squared_norm(of.q, options.heads, 2, 2), squared_norm(of.k, options.heads, 2, 2)};
  Mapped seen{.q = of.q, .k = of.heard, .key_bias = of.of_kernel};
  AttendOptions with = of.options;
  if (features) {
    seen = (*features)(of.q, of.k, of.heard, pass);
    with.key_bias = sum_of(with.key_bias, seen.key_bias);
  }
  Factors made = attention_factors(neighbourhood.graph(), kernel, seen.q, seen.k, with, halves);
  if (seen.key_bias) move_to_similarity(seen.key_bias.value(), neighbourhood.graph().listens(), made);
  return made;
}

KernelProbe KernelAttention::probe(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  KernelProbe made{.heads = options.heads};
  Variable q, k;
  if (reads_vectors(kernel)) {
    q = options.tied ? value(x) : (*query)(x);
    k = options.tied ? q : (*key)(x);
    made.width = key_width();
    made.q = q.value();
    made.k = neighbourhood.speakers(k).value();
  }
  AnyKernel asked = kernel;
  if (const auto* dot = std::get_if<Exponential>(&kernel); splits_dot_products() && dot->scale > 0)
    asked = Gaussian{.sigma = 1 / std::sqrt(dot->scale)};
  made.similarity = [asked, q, k, layer = *this](const Tensor& asked_q, const Tensor& asked_k) {
    const NoGrad none;
    const Mapped seen = layer.seen_by_kernel(Variable(asked_q), Variable(asked_k), q, k);
    Tensor kappa = similarity_of_pairs(asked, seen.q.value(), seen.k.value(), layer.options.heads);
    return seen.key_bias ? multiply(Variable(std::move(kappa)), exp(seen.key_bias)).value() : kappa;
  };
  made.stationary = features ? features->is_stationary() : is_stationary(asked);
  made.is_signed = is_signed(kernel);
  return made;
}

Mapped KernelAttention::seen_by_kernel(const Variable& asked_q, const Variable& asked_k, const Variable& q,
                                       const Variable& k) const {
  if (features) return features->at(asked_q, asked_k, q, k);
  if (!comparison) return {.q = asked_q, .k = asked_k};
  return {.q = comparison->seen(asked_q),
          .k = comparison->seen(asked_k),
          .key_bias = comparison->key_bias ? comparison->key_bias(asked_k) : Variable()};
}

Parameters KernelAttention::parameters(const std::string& prefix) const {
  Parameters all;
  if (query) append(all, query->parameters(prefix + "query."));
  if (key) append(all, key->parameters(prefix + "key."));
  append(all, value.parameters(prefix + "value."));
  if (comparison)
    for (Parameter p : comparison->parameters)
      all.push_back({prefix + "comparison." + p.name, p.variable, p.decays});
  if (features) append(all, features->parameters(prefix + "features."));
  if (type_bias) all.push_back({prefix + "type_bias", type_bias, false});
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
