#include "mercer/layers/kernel_attention.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "layers/sums.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

void check(const AttentionLayerOptions& layer, const KernelAttentionOptions& options, const Similarity& similarity) {
  const auto refused = [](const char* name, Real got, const char* want) {
    throw ValueError(std::string("[KernelAttention] ") + name + ": got " + std::to_string(got) + ", want " + want);
  };
  const bool row_sum = options.normaliser == Normaliser::softmax || options.normaliser == Normaliser::row_sum;
  require(row_sum || !similarity.leaves_out_query_factor, "KernelAttention",
          "normaliser: want softmax for positive random features: a factor of each query is left out");
  // ‖[q | k]‖ₚ² is a sum over both ends only for p = 2
  require(!similarity.joins_ends || !options.p || *options.p == 2, "KernelAttention",
          "p: got " + std::to_string(options.p.value_or(0)) +
              ", want 2: no other norm of a concatenation falls into its ends'");
  if (options.p && !(*options.p >= 1)) refused("p", *options.p, "at least 1");
  if (options.divisor && !(*options.divisor > 0)) refused("divisor", *options.divisor, "more than 0");
  require(options.p || !(options.divisor || options.divisor_of_release || options.magnitude_dropout > 0),
          "KernelAttention", "divisor, release and magnitude-dropout belong to a magnitude: want p too");
  require(!(options.magnitude_dropout > 0) || !similarity.biases_keys, "KernelAttention",
          "magnitude-dropout: got " + std::to_string(options.magnitude_dropout) +
              ", want 0 for a similarity that has a factor of each key of its own, which it would drop too");
  require(options.normaliser != Normaliser::softmax || !similarity.kernel.traits().is_signed, "KernelAttention",
          "normaliser: got softmax, want another one for a kernel that can be negative");
  const KernelTraits kernel = similarity.kernel.traits();
  require(!options.linear || kernel.name == InnerProduct::name || kernel.name == PositiveInnerProduct::name,
          "KernelAttention",
          "linear: got the kernel " + std::string(kernel.name) + ", want an inner product of features");
  require(!options.linear || layer.attention_dropout == 0, "KernelAttention",
          "attention_dropout: got " + std::to_string(layer.attention_dropout) +
              ", want 0: no weights of pairs are formed in linear time");
  require(!options.linear || !options.p || (row_sum && options.magnitude_dropout == 0), "KernelAttention",
          "p: in linear time a magnitude wants softmax or row-sum as normaliser, where the query's cancels, and no "
          "magnitude-dropout, which is of pairs");
  if (!(options.guard >= 0)) refused("guard", options.guard, "at least 0");
  require(options.guard == KernelAttentionOptions().guard ||
              (kernel.is_signed && options.normaliser == Normaliser::row_sum),
          "KernelAttention", "guard: no effect without row sums of a kernel that can be negative");
  require(
      !kernel.half_scores, "KernelAttention",
      "similarity: the " + std::string(kernel.name) + " kernel reads one number a head, want GraphAttention for it");
  require(
      !kernel.weighted || !similarity.map, "KernelAttention",
      "similarity: the " + std::string(kernel.name) + " kernel has a learned vector, want it without a map of q and k");
  const Index key_width = options.key_width.value_or(layer.width);
  require(!options.tied || key_width == layer.width, "KernelAttention",
          "key_width: got " + std::to_string(key_width) + ", want the width of the values, " +
              std::to_string(layer.width) + ", where projections are tied");
}

Linear projection(const AttentionLayerOptions& layer, Index width, bool bias, Random& random) {
  return Linear({.in = layer.in, .out = layer.heads * width, .bias = bias}, random);
}

NodeMeans means_of(const Neighbourhood& neighbourhood, const Variable& q, const Variable& k) {
  require(!std::holds_alternative<Block>(neighbourhood.topology()), "KernelAttention",
          "neighbourhood: got a block, want a graph: the features are shaped by the mean of all nodes, and a block has "
          "only some; give this layer the whole graph");
  const auto* segments = std::get_if<Segments>(&neighbourhood.topology());
  require(segments == nullptr || !segments->is_causal(), "KernelAttention",
          "neighbourhood: got causal segments, want others: the features are shaped by the mean of the whole sequence, "
          "and so by later rows");
  return {.q = neighbourhood.mean(q),
          .k = neighbourhood.mean(k),
          .segments = segments == nullptr ? std::nullopt : std::optional(*segments)};
}

}  // namespace

Normaliser usual_normaliser(const AnyKernel& kernel) {
  return kernel.traits().is_signed ? Normaliser::row_sum : Normaliser::softmax;
}

void KernelAttentionOptions::declare(OptionList& list) {
  list.add("key-width", key_width, range::count,
           "width of queries and keys in each head; that of the values by default");
  list.add("p", p, range::at_least_one,
           "norm of the magnitudes exp(|x|_p^2 / divisor) of keys, and of queries where no sum of a row cancels them");
  list.add("divisor", divisor, range::above_zero, "divisor of the magnitude; 2 sqrt(width) by default");
  list.add("release", divisor_of_release, "as in the code of IKA's authors: divisor 2 width^(1/4)");
  list.add_switch("release", "magnitude dropout 0.1, biases in the projections", [this] {
    magnitude_dropout = 0.1f;
    projection_bias = true;
  });
  list.add("magnitude-dropout", magnitude_dropout, range::share,
           "dropout on the logarithm of the magnitude of each pair of nodes");
  list.add("normaliser", normaliser, normaliser_choices, "denominator");
  list.add("tied", tied, "one projection for queries, keys and values");
  list.add("projection-bias", projection_bias, "biases in the projections");
}

void KernelAttentionOptions::declare_guard(OptionList& list) {
  list.add("guard", guard, range::not_negative, "a row sum closer to 0 is replaced by this, with its sign");
}

void KernelAttentionOptions::declare_output(OptionList& list) {
  list.add_switch("release", "an output projection", [this] { output_projection = true; });
  list.add("output-projection", output_projection, "one more projection of all heads, after they attended");
}

KernelAttention::KernelAttention(const AttentionLayerOptions& sizes, KernelAttentionOptions given, Random& random)
    : layer(checked("KernelAttention", sizes)),
      options(std::move(given)),
      value(projection(layer, layer.width, options.projection_bias, random)),
      join_heads(layer, random),
      similarity(options.similarity({layer.heads, key_width()}, random)),
      relative(options.relative, layer.heads) {
  if (!options.normaliser) options.normaliser = usual_normaliser(similarity.kernel);
  check(layer, options, similarity);
  require(options.edge_types >= 0, "KernelAttention",
          "edge_types: got " + std::to_string(options.edge_types) + ", want at least 0");
  if (options.edge_types > 0) type_bias = zeros(options.edge_types, layer.heads);
  if (options.power) {
    power_factor = Variable(Tensor::filled(1, layer.heads * layer.width, 1), true);
    power = Variable(Tensor::filled(1, layer.heads * layer.width, 1), true);
  }
  if (options.output_projection)
    output.emplace(LinearOptions{.in = layer.heads * layer.width, .out = layer.heads * layer.width, .bias = false},
                   random);
  if (similarity.kernel.traits().weighted)
    kernel_weight = glorot_uniform(1, layer.heads * key_width(), {key_width(), layer.heads}, random);
  if (options.tied) return;
  const bool reads = similarity.kernel.traits().compares;
  if (reads && !options.queries_are_keys) query = projection(layer, key_width(), options.projection_bias, random);
  if (reads || options.p) key = projection(layer, key_width(), options.projection_bias, random);
}

Variable KernelAttention::log_magnitude(const Variable& x) const {
  const Real root = std::sqrt(static_cast<Real>(std::max<Index>(key_width(), 1)));
  const Real divisor = options.divisor.value_or(2 * (options.divisor_of_release ? std::sqrt(root) : root));
  return squared_norm(x, layer.heads, *options.p, divisor);
}

void KernelAttention::take_edge_facts(const Neighbourhood& neighbourhood, AttendOptions& taken) const {
  constexpr Real most = 10;  // a ratio of e^10 between two edge types already decides
  const EdgeFacts& facts = neighbourhood.facts();
  require(options.edge_types > 0 || facts.types == 0, "KernelAttention",
          "edge types: this layer doesn't take them while its option edge_types is 0; set it to " +
              std::to_string(facts.types) + ", or give a neighbourhood without");
  require(options.edge_weights || !facts.weight.defined(), "KernelAttention",
          "edge weights: this layer doesn't take them while its option edge_weights is false; set it, or give a "
          "neighbourhood without");
  refuse_other_facts("KernelAttention", neighbourhood, {.types = true, .weights = true});
  if (options.edge_types > 0) {
    expect("KernelAttention", {{"edge types of the neighbourhood", facts.types, options.edge_types}});
    taken.edge_bias = gather_rows(clamp(type_bias, -most, most), facts.type);
  }
  if (!options.edge_weights) return;
  require(facts.weight.defined(), "KernelAttention",
          "edge weights: the neighbourhood has none; neighbourhood_for makes what a model attends to");
  taken.edge_weight = facts.weight;
  if (options.normaliser != Normaliser::symmetric) return;
  taken.edge_weight = symmetric_weights("KernelAttention", neighbourhood);
  taken.normaliser = Normaliser::none;
}

void KernelAttention::take_relative_positions(const Neighbourhood& neighbourhood, AttendOptions& taken) const {
  if (!relative.table) return;
  const auto* segments = std::get_if<Segments>(&neighbourhood.topology());
  require(segments != nullptr, "KernelAttention",
          "relative positions: got a graph or a block, want segments, whose rows have places");
  taken.relative_bias = relative(*segments);
}

Operands KernelAttention::operands(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  expect_input("KernelAttention", neighbourhood, given, layer.in);
  Operands made{.neighbourhood = neighbourhood,
                .x = neighbourhood.dropout(given, pass.dropout(layer.input_dropout)),
                .similarity = similarity};
  const Variable projected = value(made.x), k = options.tied ? projected : key ? (*key)(made.x) : Variable();
  if (similarity.kernel.traits().compares) {
    const Variable q = options.tied ? projected : options.queries_are_keys ? k : (*query)(made.x);
    if (similarity.pools_nodes) made.means = means_of(neighbourhood, q, k);
    made.q = neighbourhood.targets(q);
    made.k = neighbourhood.sources(k);
  }
  const Dropout masked = options.p ? pass.dropout(options.magnitude_dropout) : Dropout{};
  made.v = neighbourhood.sources(neighbourhood.dropout(projected, pass.dropout(layer.value_dropout)));
  made.options = attend_options(layer, pass);
  made.options.normaliser = *options.normaliser;
  made.options.guard = options.guard;
  made.linear = options.linear;
  made.options.magnitude_dropout = masked;
  if (options.p) made.options.key_bias = neighbourhood.sources(log_magnitude(k));
  // the query's magnitude cancels in the sums of whole rows
  const bool cancels = options.normaliser == Normaliser::softmax || options.normaliser == Normaliser::row_sum;
  if (options.p && made.q && (!cancels || masked.active())) made.options.query_bias = log_magnitude(made.q);
  made.options.kernel_weight = kernel_weight;
  take_relative_positions(neighbourhood, made.options);
  take_edge_facts(neighbourhood, made.options);
  compare(made, pass);
  if (similarity.kernel.is<Exponential>() && !similarity.map && !options.p)
    made.halves = [q = made.q, k = made.k, h = layer.heads] {
      return HalfSquares{squared_norm(q, h, 2, 2), squared_norm(k, h, 2, 2)};
    };
  return made;
}

Variable KernelAttention::powered(const Variable& y) const {
  if (!power) return y;
  constexpr Real tiny = Real(1e-12);  // keeps the logarithm finite
  const Variable size = exp(scale_heads(log(shift(abs(y), tiny)), power));
  return multiply(sign(y), scale_heads(size, power_factor));
}

Output KernelAttention::operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  const Operands of = operands(neighbourhood, x, pass);
  const Variable heads = powered(attend(of));
  Output out{join_heads(output ? (*output)(heads) : heads, neighbourhood.targets(of.x)), penalty_of(of)};
  if (out.penalty) out.penalty = divided(out.penalty, pass.examples() > 0 ? pass.examples() : x.rows());
  return out;
}

Parameters KernelAttention::parameters(const std::string& prefix) const {
  Parameters all;
  if (query) append(all, query->parameters(prefix + "query."));
  if (key) append(all, key->parameters(prefix + "key."));
  append(all, value.parameters(prefix + "value."));
  if (output) append(all, output->parameters(prefix + "output."));
  append(all, named(prefix, {{"power_factor", power_factor, false}, {"power", power, false}}));
  for (const Parameter& p : similarity.parameters)
    all.push_back({prefix + "similarity." + p.name, p.variable, p.decays});
  if (kernel_weight) all.push_back({prefix + "kernel_weight", kernel_weight});
  if (type_bias) all.push_back({prefix + "type_bias", type_bias, false});
  append(all, relative.parameters(prefix + "relative."));
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
