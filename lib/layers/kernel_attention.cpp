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
  return as_given ? *as_given : std::get<Fitted>(options.kernel).to(options.width);
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
}

Linear projection(const KernelAttentionOptions& options, Random& random) {
  return Linear({.in = options.in, .out = options.heads * options.width, .bias = options.projection_bias}, random);
}

}  // namespace

AnyKernel Fitted::to(Index width) const {
  AnyKernel made = kernel;
  const Real root = std::sqrt(static_cast<Real>(std::max<Index>(width, 1)));
  std::visit(
      [root]<class K>(K& kappa) {
        if constexpr (requires { kappa.scale; }) kappa.scale = 1 / root;
        if constexpr (!requires { kappa.sigma; }) return;
        else if constexpr (std::is_same_v<PairingOf<K>, SquaredDistance>) kappa.sigma = std::sqrt(root);
        if constexpr (std::is_same_v<PairingOf<K>, AbsoluteDistance>) kappa.sigma = root;
      },
      made);
  return made;
}

KernelAttention::KernelAttention(KernelAttentionOptions given, Random& random)
    : options(std::move(given)),
      kernel(chosen(options)),
      value(projection(options, random)),
      join_heads({.in = options.in,
                  .heads = options.heads,
                  .width = options.width,
                  .join = options.join,
                  .bias = options.bias,
                  .residual = options.residual},
                 random) {
  if (options.spectral) {
    options.spectral->heads = options.heads;
    options.spectral->width = options.width;
    spectrum.emplace(*options.spectral, random);
    kernel = spectrum->kernel();
  }
  if (options.comparison) {
    comparison = options.comparison({options.heads, options.width}, random);
    kernel = comparison->kernel;
  }
  check(options, kernel);
  if (options.edge_types > 0) type_bias = zeros(options.edge_types, options.heads);
  if (options.tied) return;
  const bool reads = reads_vectors(kernel);
  if (reads) query = projection(options, random);
  if (reads || options.p) key = projection(options, random);
}

KernelAttention::Operands KernelAttention::operands(const Neighbourhood& neighbourhood, const Input& x,
                                                    Pass& pass) const {
  Operands made{.q = {}, .k = {}, .v = value(x), .options = {.heads = options.heads, .normaliser = options.normaliser}};
  const bool reads = reads_vectors(kernel);
  const Variable k = options.tied ? made.v : key ? (*key)(x) : Variable();
  const auto seen = [&](const Variable& nodes) {
    return spectrum ? spectrum->features(nodes) : comparison ? comparison->seen(nodes) : nodes;
  };
  if (reads) {
    made.q = seen(options.tied ? made.v : (*query)(x));
    made.k = neighbourhood.speakers(seen(k));
  }
  const Variable bias = key_bias(k, pass);
  if (bias) made.options.key_bias = neighbourhood.speakers(bias);
  take_edge_facts(neighbourhood, made.options);
  return made;
}

Variable KernelAttention::key_bias(const Variable& k, Pass& pass) const {
  const Variable learned = comparison && comparison->key_bias ? comparison->key_bias(k) : Variable();
  if (!options.p) return learned;
  const Real divisor = options.divisor.value_or(2 * std::sqrt(static_cast<Real>(std::max<Index>(options.width, 1))));
  const Variable magnitude =
      dropout(squared_norm(k, options.heads, *options.p, divisor), pass.dropout(options.magnitude_dropout));  // [n, h]
  return learned ? add(learned, magnitude) : magnitude;
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

Output KernelAttention::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  expect("KernelAttention", {{"columns of x", given.columns(), options.in}});
  const Input x = dropout(given, pass.dropout(options.input_dropout));
  Operands of = operands(neighbourhood, x, pass);
  const Variable v = neighbourhood.speakers(dropout(of.v, pass.dropout(options.value_dropout)));
  of.options.dropout = pass.dropout(options.attention_dropout);
  return {join_heads(attend(neighbourhood.graph(), kernel, of.q, of.k, v, of.options), x)};
}

Tensor KernelAttention::attention(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  const Operands of = operands(neighbourhood, x, pass);
  return attention_weights(neighbourhood.graph(), kernel, of.q, of.k, of.options);
}

bool KernelAttention::splits_dot_products() const {
  return std::holds_alternative<Exponential>(kernel) && !spectrum && !options.p;
}

Factors KernelAttention::factors(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  const Operands of = operands(neighbourhood, x, pass);
  HalfSquares halves;
  if (splits_dot_products())
    halves = {squared_norm(of.q, options.heads, 2, 2), squared_norm(of.k, options.heads, 2, 2)};
  return attention_factors(neighbourhood.graph(), kernel, of.q, of.k, of.options, halves);
}

KernelProbe KernelAttention::probe(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  KernelProbe made{.heads = options.heads};
  if (reads_vectors(kernel)) {
    made.width = options.width;
    made.q = (options.tied ? value : *query)(x).value();
    made.k = neighbourhood.speakers((options.tied ? value : *key)(x)).value();
  }
  AnyKernel asked = kernel;
  if (const auto* dot = std::get_if<Exponential>(&kernel); splits_dot_products() && dot->scale > 0)
    asked = Gaussian{.sigma = 1 / std::sqrt(dot->scale)};
  made.similarity = [asked, spectrum = spectrum, heads = options.heads](const Tensor& q, const Tensor& k) {
    const NoGrad no_tape;
    if (!spectrum) return similarity_of_pairs(asked, q, k, heads);
    const auto features = [&](const Tensor& x) { return spectrum->features(Variable(x)).value(); };
    return similarity_of_pairs(asked, features(q), features(k), heads);
  };
  made.stationary = spectrum ? spectrum->options.stationary : is_stationary(asked);
  made.is_signed = is_signed(kernel);
  return made;
}

Parameters KernelAttention::parameters(const std::string& prefix) const {
  Parameters all;
  if (query) append(all, query->parameters(prefix + "query."));
  if (key) append(all, key->parameters(prefix + "key."));
  append(all, value.parameters(prefix + "value."));
  if (spectrum) append(all, spectrum->parameters(prefix + "spectrum."));
  if (comparison)
    for (Parameter p : comparison->parameters)
      all.push_back({prefix + "comparison." + p.name, p.variable, p.decays});
  if (type_bias) all.push_back({prefix + "type_bias", type_bias, false});
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
