#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "mercer/features/fourier_map.hpp"
#include "mercer/features/joint_map.hpp"
#include "mercer/features/maclaurin_map.hpp"
#include "mercer/features/mixture.hpp"
#include "mercer/features/positive_map.hpp"
#include "mercer/features/similarities.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/layers/graph_attention.hpp"
#include "mercer/layers/graph_attention_v2.hpp"
#include "mercer/layers/graph_convolution.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "mercer/layers/primal_attention.hpp"

namespace mercer::test {

struct GaussianBandwidth {
  Similarity operator()(HeadSizes sizes, Random&) const { return learned_bandwidth(Gaussian{}, sizes); }
};

/// A layer of any kind, x of width 5.
struct LayerCase {
  std::string name;
  Parameters parameters;
  std::function<Variable(const Neighbourhood&, const Input&, Pass&)> call;
  bool takes_weights = false;                                    // of edges
  std::function<Tensor(const Csr&, const Tensor& x)> defined{};  // y by the definition, sum by sum

  Variable infer(const Neighbourhood& neighbourhood, const Input& x) const {
    Pass pass = Pass::inference();
    return call(neighbourhood, x, pass);
  }
};

/// Facts of a layer besides its y.
template <class Layer>
struct LayerFacts {
  bool takes_weights = false;
  std::function<Tensor(const Layer&, const Csr&, const Tensor& x)> definition{};
};

template <class Layer>
LayerCase layer_case(std::string name, const Layer& layer, Random& random, const LayerFacts<Layer>& facts = {}) {
  Parameters parameters;
  for (const Parameter& p : layer.parameters())  // fixed ones and those of the penalty don't change y
    if (p.variable.wants_grad() && p.name != "singular_weight") parameters.push_back(p);
  // biases start at 0, where an error would not show
  for (Parameter& p : parameters)
    for (Real& x : p.variable.mutable_value().values())
      if (x == 0) x = static_cast<Real>(random.uniform(-0.5, 0.5));
  LayerCase made{.name = std::move(name),
                 .parameters = std::move(parameters),
                 .call = [layer](const Neighbourhood& n, const Input& x, Pass& pass) { return layer(n, x, pass).y; },
                 .takes_weights = facts.takes_weights};
  if (facts.definition)
    made.defined = [layer, by = facts.definition](const Csr& g, const Tensor& x) { return by(layer, g, x); };
  return made;
}

template <class Layer, class Own>
LayerCase layer_case(std::string name, const AttentionLayerOptions& sizes, const Own& own) {
  Random random(11);
  const Layer layer(sizes, own, random);
  return layer_case(std::move(name), layer, random);
}

/// A layer that takes options of one kind.
template <class Layer, class Options>
LayerCase layer_case(std::string name, const Options& options, const LayerFacts<Layer>& facts) {
  Random random(11);
  const Layer layer(options, random);
  return layer_case(std::move(name), layer, random, facts);
}

inline constexpr AttentionLayerOptions case_sizes{.in = 5, .width = 3, .heads = 2};

/// The sizes with dropout of every kind.
inline AttentionLayerOptions case_sizes_with(float dropout) {
  AttentionLayerOptions made = case_sizes;
  made.input_dropout = made.attention_dropout = made.value_dropout = dropout;
  return made;
}

inline LayerCase kernel_case(std::string name, AnyKernel kernel, float dropout, std::optional<Real> p = {}) {
  return layer_case<KernelAttention>(std::move(name), case_sizes_with(dropout),
                                     KernelAttentionOptions{.similarity = Fitted{kernel}, .p = p});
}

/// A kernel with a learned vector, as GATv2's.
inline LayerCase weighted_kernel_case(float dropout) {
  return layer_case<KernelAttention>("a kernel that learns a vector", case_sizes_with(dropout),
                                     KernelAttentionOptions{.similarity = DynamicAdditive{}});
}

template <class Map>
LayerCase feature_case(float dropout, std::string name, Map map, Normaliser normaliser = Normaliser::softmax,
                       std::optional<Real> p = {}) {
  if constexpr (requires { map.frequencies; }) map.frequencies = 8;
  return layer_case<KernelAttention>(
      std::move(name), case_sizes_with(dropout),
      KernelAttentionOptions{.similarity = map, .key_width = 4, .p = p, .normaliser = normaliser});
}

/// KernelAttention with every feature map, and with every distribution at least once.
inline std::vector<LayerCase> feature_cases(float dropout) {
  const auto fourier = [](FrequencyOptions distribution, bool squared) {
    return FourierMapOptions{.distribution = distribution, .squared = squared, .floor = Real(0.3)};
  };
  return {
      feature_case(dropout, "ikan-direct", fourier(LearnedOptions{}, true), Normaliser::softmax, Real(2)),
      feature_case(dropout, "ika-stationary", fourier(LearnedOptions{.stationary = true}, true)),
      feature_case(dropout, "ikan", fourier(SamplerOptions{.copula = false}, true)),
      feature_case(dropout, "mikan", fourier(SamplerOptions{}, true), Normaliser::softmax, Real(3)),
      feature_case(dropout, "kitchen sinks", fourier(GaussianFrequencyOptions{}, false), Normaliser::row_sum),
      feature_case(dropout, "orthogonal", fourier(GaussianFrequencyOptions{.orthogonal = true}, false),
                   Normaliser::degree),
      feature_case(dropout, "fastfood", fourier(FastfoodOptions{}, false), Normaliser::row_sum),
      feature_case(dropout, "generative", fourier(GeneratorOptions{}, false), Normaliser::row_sum),
      feature_case(dropout, "mixture", fourier(SampledMixtureOptions{}, false), Normaliser::row_sum),
      feature_case(dropout, "positive", PositiveMapOptions{}),
      feature_case(dropout, "favor", PositiveMapOptions{.distribution = GaussianFrequencyOptions{.orthogonal = true}},
                   Normaliser::softmax, Real(2)),
      feature_case(dropout, "positive fastfood",
                   PositiveMapOptions{.distribution = FastfoodOptions{}, .hyperbolic = true}),
      feature_case(dropout, "elu", EluMapOptions{}),
      feature_case(dropout, "relu features", ReluMapOptions{}),
      feature_case(dropout, "sigmoid", SigmoidMapOptions{}),
      feature_case(dropout, "maclaurin", MaclaurinMapOptions{.function = Series::inverse}, Normaliser::degree),
      feature_case(dropout, "concatenation", JointMapOptions{.floor = Real(0.3)}, Normaliser::softmax, Real(2)),
      feature_case(dropout, "concatenation, stationary",
                   JointMapOptions{.distribution = {.stationary = true}, .floor = Real(0.3)})};
}

/// x W + b, row by row.
inline Tensor linear_by_definition(const Tensor& x, const Variable& w, const Variable& b) {
  Tensor y(x.rows(), w.columns());
  for (Index i = 0; i < y.rows(); ++i)
    for (Index c = 0; c < y.columns(); ++c) {
      double sum = b ? static_cast<double>(b.value()(0, c)) : 0;
      for (Index f = 0; f < x.columns(); ++f)
        sum += static_cast<double>(x(i, f)) * static_cast<double>(w.value()(f, c));
      y(i, c) = static_cast<Real>(sum);
    }
  return y;
}

/// y_i = Σ_j x_j / √(|N(i)| |{i : j ∈ N(i)}|), then W and b.
inline Tensor graph_convolution(const GraphConvolution& layer, const Csr& graph, const Tensor& x) {
  const Csr turned = transposed(graph);
  const CsrView g = graph.view(), back = turned.view();
  Tensor y(g.rows, x.columns());
  for_each_edge(g, [&](Node i, Node j, Edge) {
    for (Index c = 0; c < x.columns(); ++c)
      y(i, c) += x(j, c) / std::sqrt(static_cast<Real>(g.degree(i) * back.degree(j)));
  });
  return linear_by_definition(y, layer.weight, layer.bias);
}

/// (1/|N(i)|) Σ_j x_j W + x_i U + b, the mean before W; 0 of no neighbours.
inline Tensor sage_convolution(const SageConvolution& layer, const Csr& graph, const Tensor& x) {
  const CsrView g = graph.view();
  Tensor mean(g.rows, x.columns());
  for_each_edge(g, [&](Node i, Node j, Edge) {
    for (Index c = 0; c < x.columns(); ++c)
      mean(i, c) += x(j, c) / static_cast<Real>(g.degree(i));
  });
  Tensor y = linear_by_definition(mean, layer.weight, layer.bias);
  const Tensor own = linear_by_definition(x, layer.own, Variable());
  for (std::size_t n = 0; n < y.values().size(); ++n)
    y.values()[n] += own.values()[n];
  return y;
}

/// relu((1 + ε) x_i W + Σ_j x_j W + b) U + c, the sum over nodes before W.
inline Tensor graph_isomorphism(const GraphIsomorphism& layer, const Csr& graph, const Tensor& x) {
  Tensor all = x;
  for (Real& value : all.values())
    value *= 1 + layer.epsilon.value()(0, 0);
  for_each_edge(graph.view(), [&](Node i, Node j, Edge) {
    for (Index c = 0; c < x.columns(); ++c)
      all(i, c) += x(j, c);
  });
  Tensor hidden = linear_by_definition(all, layer.weight, layer.bias);
  for (Real& value : hidden.values())
    value = std::max(value, Real(0));
  return linear_by_definition(hidden, layer.output.weight, layer.output.bias);
}

/// Every layer, and each of its options at least once.
inline std::vector<LayerCase> layer_cases(float dropout = 0) {
  const auto gaussian = [&](auto change) {
    struct {
      AttentionLayerOptions layer = case_sizes;
      KernelAttentionOptions own{};
    } changed;
    changed.layer.input_dropout = changed.layer.attention_dropout = changed.layer.value_dropout = dropout;
    change(changed);
    return layer_case<KernelAttention>("gaussian", changed.layer, changed.own);
  };
  std::vector<LayerCase> all{
      layer_case<GraphAttention>("GAT of PyG",
                                 AttentionLayerOptions{.in = 5, .width = 3, .heads = 2, .attention_dropout = dropout},
                                 GraphAttentionOptions{}),
      layer_case<GraphAttention>(
          "GAT of the authors",
          AttentionLayerOptions{.in = 5,
                                .width = 3,
                                .heads = 2,
                                .join = Join::mean,
                                .residual = Residual::input,
                                .input_dropout = dropout,
                                .value_dropout = dropout},
          GraphAttentionOptions{.score_bias = true, .initialise_per_head = true, .dropout_per_head = true}),
      layer_case<GraphAttentionV2>(
          "GATv2",
          AttentionLayerOptions{
              .in = 5, .width = 3, .heads = 2, .residual = Residual::linear, .attention_dropout = dropout},
          GraphAttentionV2Options{}),
      layer_case<GraphAttentionV2>("GATv2, shared",
                                   AttentionLayerOptions{.in = 5, .width = 3, .heads = 2, .value_dropout = dropout},
                                   GraphAttentionV2Options{.share_weights = true}),
      layer_case<GraphConvolution>("GCN", GraphConvolutionOptions{.in = 5, .out = 4, .input_dropout = dropout},
                                   {.takes_weights = true, .definition = graph_convolution}),
      layer_case<SageConvolution>("SAGE", GraphConvolutionOptions{.in = 5, .out = 4, .input_dropout = dropout},
                                  {.definition = sage_convolution}),
      layer_case<GraphIsomorphism>(
          "GIN", GraphIsomorphismOptions{.in = 5, .out = 4, .epsilon = Real(0.5), .input_dropout = dropout},
          {.takes_weights = true, .definition = graph_isomorphism}),
      layer_case<GraphIsomorphism>(
          "GIN, ε fixed",
          GraphIsomorphismOptions{
              .in = 5, .out = 4, .hidden = 7, .learn_epsilon = false, .bias = false, .input_dropout = dropout},
          {.takes_weights = true, .definition = graph_isomorphism}),
      gaussian([](auto&) {}),
      gaussian([](auto& c) { c.own.p = 2; }),
      gaussian([&](auto& c) { c.own.p = Real(1.8), c.own.magnitude_dropout = dropout; }),
      gaussian([](auto& c) { c.own.p = 3, c.own.tied = true, c.own.divisor = 2; }),
      gaussian([](auto& c) { c.own.normaliser = Normaliser::degree, c.own.projection_bias = true; }),
      gaussian([](auto& c) { c.own.normaliser = Normaliser::none, c.layer.join = Join::mean; }),
      gaussian([](auto& c) { c.own.normaliser = Normaliser::symmetric, c.layer.bias = false; }),
      gaussian([](auto& c) { c.own.output_projection = true; }),
      gaussian([](auto& c) { c.layer.width = 5, c.layer.heads = 1, c.layer.residual = Residual::input; }),
      gaussian([](auto& c) { c.own.similarity = GaussianBandwidth{}, c.own.p = 2; }),
      gaussian([](auto& c) { c.own.similarity = BilinearOptions{}, c.own.p = 2; }),
      gaussian([](auto& c) { c.own.similarity = MixtureOptions{}, c.own.normaliser = Normaliser::row_sum; }),
      layer_case<PrimalAttention>("primal",
                                  AttentionLayerOptions{.in = 5,
                                                        .width = 3,
                                                        .heads = 2,
                                                        .input_dropout = dropout,
                                                        .attention_dropout = dropout,
                                                        .value_dropout = dropout},
                                  PrimalAttentionOptions{.rank = 4}),
      layer_case<PrimalAttention>(
          "primal, not divided",
          AttentionLayerOptions{.in = 5,
                                .width = 3,
                                .heads = 2,
                                .join = Join::mean,
                                .residual = Residual::linear,
                                .attention_dropout = dropout},
          PrimalAttentionOptions{.rank = 1, .key_width = 5, .eta = 0, .normaliser = Normaliser::none}),
      kernel_case("dot", Exponential{}, dropout),
      kernel_case("cauchy", Cauchy{}, dropout),
      kernel_case("laplacian", Laplacian{}, dropout),
      kernel_case("constant", Constant{}, dropout),
      kernel_case("constant times magnitude", Constant{}, dropout, Real(2)),
      weighted_kernel_case(dropout)};
  for (LayerCase& of_features : feature_cases(dropout))
    all.push_back(std::move(of_features));
  return all;
}

}  // namespace mercer::test
