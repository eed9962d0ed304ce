#include "models/builders.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/features/similarities.hpp"
#include "mercer/models/baselines.hpp"
#include "mercer/models/gat.hpp"
#include "mercer/models/gatv2.hpp"
#include "mercer/models/kernel_gnn.hpp"
#include "models/take_options.hpp"

namespace mercer {
namespace {

Names of_baseline() {
  return {"layers", "hidden", "dropout", "input-dropout", "bias", "norm", "decay-first-layer-only"};
}

template <GraphAttentionOptions (*form)()>
Model build_gat(ModelOptions& given, Index features, Index classes, Random& random) {
  GraphAttentionOptions layer = form();
  // --dropout means the dropouts that the form has: PyG's has none on values
  if (layer.value_dropout == 0 && !given.value_dropout) given.value_dropout = 0.0f;
  take_common(layer, given);
  take(layer.negative_slope, given.negative_slope);
  take(layer.score_bias, given.score_bias);
  take(layer.initialise_per_head, given.initialise_per_head);
  take(layer.dropout_per_head, given.dropout_per_head);
  return gat(shape_of(given), layer, features, classes, random);
}

Model build_gatv2(ModelOptions& given, Index features, Index classes, Random& random) {
  GraphAttentionV2Options layer{.input_dropout = 0.6f, .attention_dropout = 0.6f, .value_dropout = 0.6f};
  take_common(layer, given);
  take(layer.negative_slope, given.negative_slope);
  take(layer.share_weights, given.share_weights);
  take(layer.projection_bias, given.projection_bias);
  return gatv2(shape_of(given), layer, features, classes, random);
}

template <class K>
constexpr bool has_sigma = requires(K kappa) {
  kappa.sigma;
};
template <class K>
constexpr bool has_scale = requires(K kappa) {
  kappa.scale;
};

/// The kernel as it is given or fitted, and a bandwidth learned on top.
template <class K>
struct LearnedBandwidth {
  std::optional<Real> sigma;

  Similarity operator()(HeadSizes sizes, Random&) const {
    return learned_bandwidth(sigma ? AnyKernel(K{.sigma = *sigma}) : AnyKernel(K{}).fitted(sizes.width), sizes);
  }
};

template <class K, int default_p = 0>
Model build_kernel_gnn(ModelOptions& given, Index features, Index classes, Random& random) {
  KernelAttentionOptions layer{
      .similarity = Fitted{K{}}, .input_dropout = 0.6f, .attention_dropout = 0.6f, .value_dropout = 0.6f};
  if constexpr (has_sigma<K>)
    if (given.sigma) layer.similarity = K{.sigma = *given.sigma};
  if constexpr (has_scale<K>)
    if (given.scale) layer.similarity = K{.scale = *given.scale};
  if constexpr (SignedKernel<K>) layer.normaliser = Normaliser::degree;  // row sums may vanish
  if (default_p > 0 && !given.p) given.p = Real(default_p);
  take_kernel(layer, given);
  if constexpr (has_sigma<K>) {
    bool learned = false;
    take(learned, given.learn_sigma);
    if (learned) layer.similarity = LearnedBandwidth<K>{given.sigma};
  }
  return kernel_gnn(shape_of(given), layer, features, classes, random);
}

template <Model (*baseline)(const BaselineOptions&, Index, Index, Random&)>
Model build_baseline(ModelOptions& given, Index features, Index classes, Random& random) {
  BaselineOptions options;
  take(options.layers, given.layers);
  take(options.hidden, given.hidden);
  take(options.bias, given.bias);
  take(options.norm, given.norm, "norm", norms);
  if (given.dropout) options.input_dropout = *given.dropout;
  take(options.input_dropout, given.input_dropout);
  take(options.decay_first_layer_only, given.decay_first_layer_only);
  return baseline(options, features, classes, random);
}

template <class K>
Names of_kernel() {
  Names names = of_kernel_attention();
  if (has_sigma<K>) names = names + Names{"sigma", "learn-sigma"};
  if (has_scale<K>) names.push_back("scale");
  return names;
}

/// Kernels that want more than q and k of the projections: their models stand in other lists.
template <class K, class... Other>
constexpr bool is_any_of = (std::is_same_v<K, Other> || ...);
template <class K>
constexpr bool has_own_model =
    is_any_of<K, Additive, DynamicAdditive, DotProductSeries, GaussianLogit, CauchyLogit, HistogramIntersectionLogit,
              HistogramIntersection, SpectralMixture, PositiveInnerProduct>;

/// Any other kernel of the catalogue is a model by that alone.
template <class K>
void add_kernel(std::vector<Builder>& to) {
  if constexpr (!has_own_model<K>) {
    std::string name(K::name);
    std::ranges::replace(name, '_', '-');
    to.push_back({name, "the " + name + " kernel, times exp(|k|_p^2 / divisor) when p is given", of_kernel<K>(),
                  build_kernel_gnn<K>});
  }
}

std::vector<Builder> all_builders() {
  const Names of_gat =
      of_attention() + Names{"negative-slope", "score-bias", "initialise-per-head", "dropout-per-head"};
  std::vector<Builder> all{{"gat", "GAT as its authors wrote it (ICLR 2018)", of_gat, build_gat<gat_of_the_authors>},
                           {"gat-pyg", "GAT as PyTorch Geometric has it", of_gat, build_gat<gat_of_pyg>},
                           {"gatv2", "GATv2 (ICLR 2022)",
                            of_attention() + Names{"negative-slope", "share-weights", "projection-bias"}, build_gatv2},
                           {"rbf", "the gaussian kernel times exp(|k|_p^2 / divisor), p = 2 by default",
                            of_kernel<Gaussian>(), build_kernel_gnn<Gaussian, 2>}};
  append_spectral_builders(all);
  Catalogue::each([&]<class K>() { add_kernel<K>(all); });
  append_kernel_builders(all);
  all.push_back({"gcn", "GCN (ICLR 2017)", of_baseline(), build_baseline<gcn>});
  all.push_back({"mlp", "the features alone, without the graph", of_baseline(), build_baseline<mlp>});
  return all;
}

}  // namespace

const std::vector<Builder>& builders() {
  static const std::vector<Builder> all = all_builders();
  return all;
}

}  // namespace mercer
