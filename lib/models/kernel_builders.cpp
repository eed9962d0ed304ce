#include <algorithm>
#include <utility>

#include "mercer/features/mixture.hpp"
#include "mercer/features/similarities.hpp"
#include "mercer/graph/hops.hpp"
#include "mercer/graph/walk.hpp"
#include "models/form.hpp"

/// Kernels of the catalogue, those that learn something on their way, and models that attend to more than the graph.
namespace mercer {
namespace {

struct HopsForm : KernelForm<NormalisedDotOptions> {
  Index hops = 2;

  HopsForm() : KernelForm(NormalisedDotOptions{}) {}

  bool attends_to_sequences() const override { return false; }

  void declare(OptionList& list) override {
    KernelForm::declare(list);
    list.add("hops", hops, {1, 4, "1 to 4"}, "steps within which nodes are neighbours");
  }
  void settle(Index classes) override {
    own.edge_types = hops + 1;
    KernelForm::settle(classes);
  }
  Neighbourhood neighbourhood(const Csr& graph) const override {
    Hops wide = k_hop(graph, static_cast<int>(hops));
    return {Graph(std::move(wide.graph)), EdgeFacts{.type = {wide.away.begin(), wide.away.end()}, .types = hops + 1}};
  }
};

struct WalksForm : KernelForm<Fitted> {
  WalkOptions walk{};  // its seed stays 0: what a model attends to must not depend on the seed that it is trained with

  WalksForm() : KernelForm(Fitted{Exponential{}}, {.edge_weights = true}) {}

  bool attends_to_sequences() const override { return false; }

  void declare(OptionList& list) override {
    KernelForm::declare(list);
    list.add("walks", walk.walks, range::count, "random walks from every node");
    list.add("walk-length", walk.length, {1, 1000, "1 to 1000"}, "steps of a random walk");
  }
  Neighbourhood neighbourhood(const Csr& graph) const override {
    const std::vector<Real> similarity = walk_similarity(graph, walk);
    return {Graph(graph), EdgeFacts{.weight = Variable(Tensor::from(graph.edges(), 1, similarity))}};
  }
};

/// Kernels that want more than q and k of the projections: their models stand below or in other lists.
template <class K, class... Other>
constexpr bool is_any_of = (std::is_same_v<K, Other> || ...);
template <class K>
constexpr bool has_own_model =
    is_any_of<K, Additive, DynamicAdditive, DotProductSeries, GaussianLogit, CauchyLogit, HistogramIntersectionLogit,
              HistogramIntersection, SpectralMixture, PositiveInnerProduct>;

/// Any other kernel of the catalogue is a model by that alone.
template <class K>
void append_kernel(std::vector<Builder>& all) {
  if constexpr (!has_own_model<K>) {
    std::string name(K::name);
    std::ranges::replace(name, '_', '-');
    KernelAttentionOptions own;
    if constexpr (is_signed_kernel<K>()) own.normaliser = Normaliser::degree;  // row sums may vanish
    all.push_back(builder_of(name, "the " + name + " kernel, times exp(|k|_p^2 / divisor) when p is given",
                             KernelForm(CatalogueOptions<K>{}, own)));
  }
}

}  // namespace

void append_kernel_builders(std::vector<Builder>& all) {
  Catalogue::each([&]<class K>() { append_kernel<K>(all); });
  const auto add = [&](const char* name, const char* description, auto form) {
    all.push_back(builder_of(name, description, std::move(form)));
  };
  add("gmm-rks", "a learned spectral mixture in closed form: exp(-|R(q - k)|^2 / 2) cos(mu (q - k)), signed",
      KernelForm(MixtureOptions{}));
  add("gmm-prf",
      "exp of a learned bilinear form and a bias of k: a Gaussian distribution of positive features in closed form",
      KernelForm(BilinearOptions{}));
  add("cosine", "the cosine of q and k, plus a shift", KernelForm(CosineOptions{}));
  add("schoenbat", "a function of a dot product of standardised unit vectors, its scale learned (SchoenbAt)",
      KernelForm(StandardisedSeriesOptions{}));
  add("sa-abmilp", "an energy of q and k as weight or as logit, its scale learned (SA-AbMILP)",
      KernelForm(EnergyOptions{}));
  add("nprf", "exp(cos(q, k) / T) times a learned factor of the steps between two nodes (normalised attention)",
      HopsForm());
  add("gkat", "softmax of the dot product, weighed by how alike random walks from both nodes are (GKAT)", WalksForm());
}

}  // namespace mercer
