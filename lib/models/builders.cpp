#include <optional>
#include <utility>

#include "mercer/features/similarities.hpp"
#include "mercer/layers/primal_attention.hpp"
#include "mercer/models/baselines.hpp"
#include "mercer/models/gat.hpp"
#include "mercer/models/gatv2.hpp"
#include "models/form.hpp"

namespace mercer {
namespace {

/// Layers whose scores read features of edges.
template <class Layer, class Own>
struct EdgeFeatureForm : AttentionForm<Layer, Own> {
  using Base = AttentionForm<Layer, Own>;
  using Base::Base;
  std::optional<Index> edge_columns{};

  void declare(OptionList& list) override {
    Base::declare(list);
    list.add("edge-columns", edge_columns, range::count,
             "features of an edge, which its score reads; follows from the data");
  }
  void settle(Index classes) override {
    Base::settle(classes);
    this->own.edge_features = edge_columns.value_or(0);
  }
};

struct GatForm : EdgeFeatureForm<GraphAttention, GraphAttentionOptions> {
  explicit GatForm(const GatLayer& form) : EdgeFeatureForm(form.own) { layer = form.layer; }
};

struct PrimalForm : AttentionForm<PrimalAttention, PrimalAttentionOptions> {
  bool drops_attention() const override { return false; }
  Causality causality() const override { return Causality::never; }
};

template <Model (*baseline)(const BaselineOptions&, Index, Index, Random&)>
struct BaselineForm : Form {
  BaselineOptions options{};

  void declare(OptionList& list) override { options.declare(list); }
  Model build(Index features, Index classes, Random& random) const override {
    return baseline(options, features, classes, random);
  }
};

/// The degree of j in GCN's √(|N(i)| · degree of j).
enum class SourceDegree { in, out };
constexpr Choice<SourceDegree> source_degree_choices[]{{"in", SourceDegree::in}, {"out", SourceDegree::out}};

bool has_equal_degrees(const Csr& graph) {
  std::vector<Edge> out(static_cast<std::size_t>(graph.columns()), 0);
  for (const Node j : graph.neighbour())
    ++out[static_cast<std::size_t>(j)];
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i] != graph.offset()[i + 1] - graph.offset()[i]) return false;
  return true;
}

struct GcnForm : BaselineForm<gcn> {
  SourceDegree source_degree = SourceDegree::in;

  void declare(OptionList& list) override {
    BaselineForm::declare(list);
    list.add("source-degree", source_degree, source_degree_choices,
             "degree of the source by whose root an edge is divided: in, as in PyTorch Geometric, or out; they differ "
             "on directed graphs");
  }
  /// Edges of weight 1 have the weighted graph's degrees: sums over N(i) for both ends.
  Neighbourhood neighbourhood(const Csr& graph) const override {
    if (source_degree == SourceDegree::out || has_equal_degrees(graph)) return Graph(graph);
    return {Graph(graph), EdgeFacts{.weight = Variable(Tensor::filled(graph.edges(), 1, 1))}};
  }
};

std::vector<Builder> all_builders() {
  std::vector<Builder> all{
      builder_of("gat", "GAT as its authors wrote it (ICLR 2018)", GatForm(gat_of_the_authors())),
      builder_of("gat-pyg", "GAT as PyTorch Geometric has it", GatForm(gat_of_pyg())),
      builder_of("gatv2", "GATv2 (ICLR 2022)", EdgeFeatureForm<GraphAttentionV2, GraphAttentionV2Options>()),
      builder_of("rbf", "the gaussian kernel times exp(|k|_p^2 / divisor), p = 2 by default",
                 KernelForm(CatalogueOptions<Gaussian>{}, {.p = Real(2)}))};
  append_spectral_builders(all);
  append_kernel_builders(all);
  all.push_back(builder_of("primal",
                           "singular vectors of the cosine kernel in both directions, with their penalty "
                           "(Primal-Attention)",
                           PrimalForm()));
  all.push_back(builder_of("gcn", "GCN (ICLR 2017)", GcnForm()));
  all.push_back(builder_of("sage", "GraphSAGE: the mean of the neighbours beside the node itself (NeurIPS 2017)",
                           BaselineForm<sage>()));
  all.push_back(builder_of("mlp", "the features alone, without the graph", BaselineForm<mlp>()));
  all.push_back(kernel_machine_builder());
  return all;
}

}  // namespace

const std::vector<Builder>& builders() {
  static const std::vector<Builder> all = all_builders();
  return all;
}

}  // namespace mercer
