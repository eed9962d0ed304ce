#include "mercer/layers/kernel_attention.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "layers/kernel_facts.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

void check(const KernelAttentionOptions& options, const AnyKernel& kernel) {
  const auto refused = [](const char* name, Real got, const char* want) {
    throw ValueError(std::string("[KernelAttention] ") + name + ": got " + std::to_string(got) + ", want " + want);
  };
  if (options.p && !(*options.p >= 1)) refused("p", *options.p, "at least 1");
  if (options.divisor && !(*options.divisor > 0)) refused("divisor", *options.divisor, "more than 0");
  require(options.normaliser != Normaliser::softmax || !kernel.traits().is_signed, "KernelAttention",
          "normaliser: got softmax, want another one for a kernel that can be negative");
  require(!kernel.traits().half_scores && !kernel.traits().weighted, "KernelAttention",
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

}  // namespace

KernelAttention::KernelAttention(KernelAttentionOptions given, Random& random)
    : options(std::move(given)),
      value(projection(options, options.width, random)),
      join_heads({.in = options.in,
                  .heads = options.heads,
                  .width = options.width,
                  .join = options.join,
                  .bias = options.bias,
                  .residual = options.residual},
                 random) {
  if (const auto* fitted = std::get_if<Fitted>(&options.kernel)) {
    kernel = fitted->kernel.fitted(key_width());
  } else if (const auto* as_given = std::get_if<AnyKernel>(&options.kernel)) {
    kernel = *as_given;
  } else if (const auto* make = std::get_if<MakeComparison>(&options.kernel)) {
    comparison = (*make)({options.heads, key_width()}, random);
    kernel = comparison->kernel;
  } else {
    features.emplace(std::get<FeatureMapOptions>(options.kernel), options.heads, key_width(), random);
    kernel = features->kernel();
    check(options, *features);
  }
  check(options, kernel);
  if (options.edge_types > 0) type_bias = zeros(options.edge_types, options.heads);
  if (options.tied) return;
  const bool reads = kernel.traits().compares;
  if (reads) query = projection(options, key_width(), random);
  if (reads || options.p) key = projection(options, key_width(), random);
}

KernelAttention::Operands KernelAttention::operands(const Neighbourhood& neighbourhood, const Input& x,
                                                    Pass& pass) const {
  Operands made;
  made.v = value(x);
  made.options.heads = options.heads;
  made.options.normaliser = options.normaliser;
  made.options.storage = options.storage;
  const Variable k = options.tied ? made.v : key ? (*key)(x) : Variable();
  if (kernel.traits().compares) {
    const auto seen = [&](const Variable& nodes) { return comparison ? comparison->seen(nodes) : nodes; };
    made.q = seen(options.tied ? made.v : (*query)(x));
    made.k = seen(k);
    made.heard = neighbourhood.sources(made.k);
    if (features && features->pools_nodes()) {
      made.all = {neighbourhood.mean(made.q), neighbourhood.mean(made.k)};
      require(made.all.q.rows() == 1, "KernelAttention",
              "features: they are shaped by the mean of all nodes, of which these segments have " +
                  std::to_string(made.all.q.rows()) + "; want one segment, or features that are not");
    }
    made.q = neighbourhood.targets(made.q);
  }
  if (comparison && comparison->key_bias) made.of_kernel = neighbourhood.sources(comparison->key_bias(k));
  if (options.p) made.options.key_bias = neighbourhood.sources(magnitude(k, pass));
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
  refuse_other_facts("KernelAttention", neighbourhood,
                     {.types = options.edge_types > 0, .weights = options.edge_weights});
  if (options.edge_types > 0) {
    expect("KernelAttention", {{"edge types of the neighbourhood", facts.types, options.edge_types}});
    to.edge_bias = gather_rows(clamp(type_bias, -most, most), facts.type);
  }
  if (!options.edge_weights) return;
  require(facts.weight.defined(), "KernelAttention",
          "edge weights: the neighbourhood has none; neighbourhood_for makes what a model attends to");
  to.edge_weight = facts.weight;
  if (options.normaliser != Normaliser::symmetric) return;
  to.edge_weight = symmetric_weights("KernelAttention", neighbourhood);
  to.normaliser = Normaliser::none;
}

Output KernelAttention::over_draws(const Operands& of, Pass& pass, const Attends& attends) const {
  if (!features) return {attends(of.q, of.heard, of.options)};
  const Index draws = features->draws(pass);
  Output mean;
  for (Index draw = 0; draw < draws; ++draw) {
    const Mapped phi = (*features)(of.q, of.heard, of.all, pass, draw);
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
  const Variable v = neighbourhood.sources(dropout(of.v, pass.dropout(options.value_dropout)));
  of.options.dropout = pass.dropout(options.attention_dropout);
  of.options.guarded = pass.guarded();
  Output out = over_draws(of, pass, [&](const Variable& q, const Variable& k, const AttendOptions& with) {
    return attend(neighbourhood, kernel, q, k, v, with);
  });
  if (out.penalty) out.penalty = shared(out.penalty, pass.examples() > 0 ? pass.examples() : x.rows());
  out.y = join_heads(out.y, neighbourhood.targets(x));
  return out;
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
