#include <algorithm>
#include <utility>

#include "mercer/features/mixture.hpp"
#include "mercer/features/similarities.hpp"
#include "mercer/graph/hops.hpp"
#include "mercer/graph/walk.hpp"
#include "mercer/layers/primal_attention.hpp"
#include "mercer/models/kernel_gnn.hpp"
#include "models/attention_stack.hpp"
#include "models/builders.hpp"
#include "models/take_options.hpp"

namespace mercer {
namespace {

const Choices<Energy> energies{
    {"dot", Energy::dot},         {"rbf", Energy::rbf},       {"inverse-quadratic", Energy::inverse_quadratic},
    {"laplace", Energy::laplace}, {"module", Energy::module}, {"module-release", Energy::module_release}};

const Choices<EnergyAs> energy_uses{{"weight", EnergyAs::weight}, {"logit", EnergyAs::logit}};

KernelAttentionOptions with_dropouts() {
  return {.input_dropout = 0.6f, .attention_dropout = 0.6f, .value_dropout = 0.6f};
}

Model build_mixture(ModelOptions& given, Index features, Index classes, Random& random) {
  MixtureOptions mixture;
  take(mixture.components, given.components);
  take(mixture.shift, given.shift);
  mixture.rank = given.rank;
  KernelAttentionOptions layer = with_dropouts();
  layer.similarity = mixture;
  layer.normaliser = Normaliser::row_sum;
  take_kernel(layer, given);
  return kernel_gnn(shape_of(given), layer, features, classes, random);
}

Model build_bilinear(ModelOptions& given, Index features, Index classes, Random& random) {
  KernelAttentionOptions layer = with_dropouts();
  layer.similarity = BilinearOptions{};
  take_kernel(layer, given);
  return kernel_gnn(shape_of(given), layer, features, classes, random);
}

Model build_cosine(ModelOptions& given, Index features, Index classes, Random& random) {
  CosineOptions cosine;
  take(cosine.shift, given.shift);
  KernelAttentionOptions layer = with_dropouts();
  layer.similarity = cosine;
  layer.normaliser = Normaliser::row_sum;
  take_kernel(layer, given);
  return kernel_gnn(shape_of(given), layer, features, classes, random);
}

Model build_series(ModelOptions& given, Index features, Index classes, Random& random) {
  StandardisedSeriesOptions series;
  take(series.function, given.function, "function", functions);
  KernelAttentionOptions layer = with_dropouts();
  layer.similarity = series;
  take_kernel(layer, given);
  return kernel_gnn(shape_of(given), layer, features, classes, random);
}

Model build_energy(ModelOptions& given, Index features, Index classes, Random& random) {
  EnergyOptions energy;
  take(energy.energy, given.energy, "energy", energies);
  take(energy.as, given.energy_as, "energy-as", energy_uses);
  KernelAttentionOptions layer = with_dropouts();
  layer.similarity = energy;
  const bool may_vanish =
      energy.as == EnergyAs::weight && (energy.energy == Energy::dot || energy.energy == Energy::module);
  if (may_vanish) layer.normaliser = Normaliser::row_sum;
  take_kernel(layer, given);
  return kernel_gnn(shape_of(given), layer, features, classes, random);
}

constexpr Index default_hops = 2;

Model build_nprf(ModelOptions& given, Index features, Index classes, Random& random) {
  Index hops = default_hops;
  take(hops, given.hops);
  KernelAttentionOptions layer = with_dropouts();
  layer.similarity = NormalisedDotOptions{};
  layer.edge_types = hops + 1;
  take_kernel(layer, given);
  return kernel_gnn(shape_of(given), layer, features, classes, random);
}

Neighbourhood within_hops(const ModelOptions& given, const Csr& graph) {
  const Index hops = given.hops.value_or(default_hops);
  Hops wide = k_hop(graph, static_cast<int>(hops));
  return {Graph(std::move(wide.graph)), EdgeFacts{.type = {wide.away.begin(), wide.away.end()}, .types = hops + 1}};
}

WalkOptions walks_of(const ModelOptions& given) {
  WalkOptions walk;  // its seed stays 0: what a model attends to must not depend on the seed that it is trained with
  walk.walks = given.walks.value_or(walk.walks);
  walk.length = given.walk_length.value_or(walk.length);
  return walk;
}

Model build_gkat(ModelOptions& given, Index features, Index classes, Random& random) {
  const WalkOptions walk = walks_of(given);
  given.walks = walk.walks;
  given.walk_length = walk.length;
  KernelAttentionOptions layer = with_dropouts();
  layer.similarity = Fitted{Exponential{}};
  layer.edge_weights = true;
  take_kernel(layer, given);
  return kernel_gnn(shape_of(given), layer, features, classes, random);
}

Neighbourhood with_walks(const ModelOptions& given, const Csr& graph) {
  const std::vector<Real> similarity = walk_similarity(graph, walks_of(given));
  return {Graph(graph), EdgeFacts{.weight = Variable(Tensor::from(graph.edges(), 1, similarity))}};
}

Model build_primal(ModelOptions& given, Index features, Index classes, Random& random) {
  PrimalAttentionOptions layer{.input_dropout = 0.6f, .attention_dropout = 0.6f, .value_dropout = 0.6f};
  take_common(layer, given);
  take(layer.rank, given.rank);
  take(layer.eta, given.eta);
  take(layer.normaliser, given.normaliser, "normaliser", normalisers);
  return attention_stack<PrimalAttention>(shape_of(given), layer, features, classes, random);
}

}  // namespace

void append_kernel_builders(std::vector<Builder>& to) {
  const Names of_kernel = of_kernel_attention();
  to.insert(
      to.end(),
      {{"gmm-rks", "a learned spectral mixture in closed form: exp(-|R(q - k)|^2 / 2) cos(mu (q - k)), signed",
        of_kernel + Names{"components", "rank", "shift"}, build_mixture},
       {"gmm-prf",
        "exp of a learned bilinear form and a bias of k: a Gaussian distribution of positive features in closed form",
        of_kernel, build_bilinear},
       {"cosine", "the cosine of q and k, plus a shift", of_kernel + Names{"shift"}, build_cosine},
       {"schoenbat", "a function of a dot product of standardised unit vectors, its scale learned (SchoenbAt)",
        of_kernel + Names{"function"}, build_series},
       {"sa-abmilp", "an energy of q and k as weight or as logit, its scale learned (SA-AbMILP)",
        of_kernel + Names{"energy", "energy-as"}, build_energy},
       {"nprf", "exp(cos(q, k) / T) times a learned factor of the steps between two nodes (normalised attention)",
        of_kernel + Names{"hops"}, build_nprf, within_hops},
       {"gkat", "softmax of the dot product, weighed by how alike random walks from both nodes are (GKAT)",
        of_kernel + Names{"walks", "walk-length"}, build_gkat, with_walks},
       {"primal", "singular vectors of the cosine kernel in both directions, with their penalty (Primal-Attention)",
        of_attention() + Names{"normaliser", "rank", "eta"}, build_primal}});
}

}  // namespace mercer
