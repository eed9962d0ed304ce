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

template <class Layer, class Options>
LayerCase layer_case(std::string name, Options options, const LayerFacts<Layer>& facts = {}) {
  Random random(11);
  const Layer layer(options, random);
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

inline KernelAttentionOptions kernel_options(AnyKernel kernel) {
  return {.in = 5, .width = 3, .heads = 2, .similarity = Fitted{kernel}};
}

template <class Map>
LayerCase feature_case(std::string name, Map map, Normaliser normaliser = Normaliser::softmax,
                       std::optional<Real> p = {}) {
  if constexpr (requires { map.frequencies; }) map.frequencies = 8;
  KernelAttentionOptions options{.in = 5, .width = 3, .heads = 2, .similarity = map, .key_width = 4, .p = p};
  options.normaliser = normaliser;
  return layer_case<KernelAttention>(std::move(name), options);
}

/// KernelAttention with every feature map, and with every distribution at least once.
inline std::vector<LayerCase> feature_cases() {
  const auto fourier = [](FrequencyOptions distribution, bool squared) {
    return FourierMapOptions{.distribution = distribution, .squared = squared, .floor = Real(0.3)};
  };
  return {feature_case("ikan-direct", fourier(LearnedOptions{}, true), Normaliser::softmax, Real(2)),
          feature_case("ika-stationary", fourier(LearnedOptions{.stationary = true}, true)),
          feature_case("ikan", fourier(SamplerOptions{.copula = false}, true)),
          feature_case("mikan", fourier(SamplerOptions{}, true), Normaliser::softmax, Real(3)),
          feature_case("kitchen sinks", fourier(GaussianFrequencyOptions{}, false), Normaliser::row_sum),
          feature_case("orthogonal", fourier(GaussianFrequencyOptions{.orthogonal = true}, false), Normaliser::degree),
          feature_case("fastfood", fourier(FastfoodOptions{}, false), Normaliser::row_sum),
          feature_case("generative", fourier(GeneratorOptions{}, false), Normaliser::row_sum),
          feature_case("mixture", fourier(SampledMixtureOptions{}, false), Normaliser::row_sum),
          feature_case("positive", PositiveMapOptions{}),
          feature_case("favor", PositiveMapOptions{.distribution = GaussianFrequencyOptions{.orthogonal = true}},
                       Normaliser::softmax, Real(2)),
          feature_case("positive fastfood", PositiveMapOptions{.distribution = FastfoodOptions{}, .hyperbolic = true}),
          feature_case("elu", EluMapOptions{}),
          feature_case("relu features", ReluMapOptions{}),
          feature_case("maclaurin", MaclaurinMapOptions{.function = Series::inverse}, Normaliser::degree),
          feature_case("concatenation", JointMapOptions{.floor = Real(0.3)}, Normaliser::softmax, Real(2)),
          feature_case("concatenation, stationary",
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
    KernelAttentionOptions options = kernel_options(Gaussian{});
    options.input_dropout = options.attention_dropout = options.value_dropout = dropout;
    change(options);
    return layer_case<KernelAttention>("gaussian", options);
  };
  std::vector<LayerCase> all{
      layer_case<GraphAttention>("GAT of PyG",
                                 GraphAttentionOptions{.in = 5, .width = 3, .heads = 2, .attention_dropout = dropout}),
      layer_case<GraphAttention>("GAT of the authors", GraphAttentionOptions{.in = 5,
                                                                             .width = 3,
                                                                             .heads = 2,
                                                                             .join = Join::mean,
                                                                             .score_bias = true,
                                                                             .initialise_per_head = true,
                                                                             .residual = Residual::input,
                                                                             .input_dropout = dropout,
                                                                             .dropout_per_head = true,
                                                                             .value_dropout = dropout}),
      layer_case<GraphAttentionV2>(
          "GATv2",
          GraphAttentionV2Options{
              .in = 5, .width = 3, .heads = 2, .residual = Residual::linear, .attention_dropout = dropout}),
      layer_case<GraphAttentionV2>(
          "GATv2, shared",
          GraphAttentionV2Options{.in = 5, .width = 3, .heads = 2, .share_weights = true, .value_dropout = dropout}),
      layer_case<GraphConvolution>("GCN", GraphConvolutionOptions{.in = 5, .out = 4, .input_dropout = dropout},
                                   {.takes_weights = true, .definition = graph_convolution}),
      layer_case<GraphIsomorphism>(
          "GIN", GraphIsomorphismOptions{.in = 5, .out = 4, .epsilon = Real(0.5), .input_dropout = dropout},
          {.takes_weights = true, .definition = graph_isomorphism}),
      layer_case<GraphIsomorphism>(
          "GIN, ε fixed",
          GraphIsomorphismOptions{.in = 5, .out = 4, .hidden = 7, .learn_epsilon = false, .bias = false},
          {.takes_weights = true, .definition = graph_isomorphism}),
      gaussian([](auto&) {}),
      gaussian([](auto& o) { o.p = 2; }),
      gaussian([&](auto& o) { o.p = Real(1.8), o.magnitude_dropout = dropout; }),
      gaussian([](auto& o) { o.p = 3, o.tied = true, o.divisor = 2; }),
      gaussian([](auto& o) { o.normaliser = Normaliser::degree, o.projection_bias = true; }),
      gaussian([](auto& o) { o.normaliser = Normaliser::none, o.join = Join::mean; }),
      gaussian([](auto& o) { o.normaliser = Normaliser::symmetric, o.bias = false; }),
      gaussian([](auto& o) { o.width = 5, o.heads = 1, o.residual = Residual::input; }),
      gaussian([](auto& o) { o.similarity = GaussianBandwidth{}, o.p = 2; }),
      gaussian([](auto& o) { o.similarity = BilinearOptions{}, o.p = 2; }),
      gaussian([](auto& o) {
        o.similarity = MixtureOptions{};
        o.normaliser = Normaliser::row_sum;
      }),
      layer_case<PrimalAttention>("primal", PrimalAttentionOptions{.in = 5,
                                                                   .width = 3,
                                                                   .heads = 2,
                                                                   .rank = 4,
                                                                   .input_dropout = dropout,
                                                                   .attention_dropout = dropout,
                                                                   .value_dropout = dropout}),
      layer_case<PrimalAttention>("primal, not divided", PrimalAttentionOptions{.in = 5,
                                                                                .width = 3,
                                                                                .heads = 2,
                                                                                .join = Join::mean,
                                                                                .rank = 1,
                                                                                .eta = 0,
                                                                                .normaliser = Normaliser::none,
                                                                                .residual = Residual::linear}),
      layer_case<KernelAttention>("dot", kernel_options(Exponential{})),
      layer_case<KernelAttention>("cauchy", kernel_options(Cauchy{})),
      layer_case<KernelAttention>("laplacian", kernel_options(Laplacian{})),
      layer_case<KernelAttention>("constant", kernel_options(Constant{})),
      layer_case<KernelAttention>("constant times magnitude", [] {
        KernelAttentionOptions options = kernel_options(Constant{});
        options.p = 2;
        return options;
      }())};
  for (LayerCase& of_features : feature_cases())
    all.push_back(std::move(of_features));
  return all;
}

}  // namespace mercer::test
