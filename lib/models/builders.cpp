#include <utility>

#include "mercer/features/similarities.hpp"
#include "mercer/layers/primal_attention.hpp"
#include "mercer/models/baselines.hpp"
#include "mercer/models/gat.hpp"
#include "mercer/models/gatv2.hpp"
#include "models/form.hpp"

namespace mercer {
namespace {

struct GatForm : AttentionForm<GraphAttention, GraphAttentionOptions> {
  explicit GatForm(const GatLayer& form) : AttentionForm(form.own) { layer = form.layer; }
};

template <Model (*baseline)(const BaselineOptions&, Index, Index, Random&)>
struct BaselineForm : Form {
  BaselineOptions options{};

  void declare(OptionList& list) override { options.declare(list); }
  Model build(Index features, Index classes, Random& random) const override {
    return baseline(options, features, classes, random);
  }
};

std::vector<Builder> all_builders() {
  std::vector<Builder> all{
      builder_of("gat", "GAT as its authors wrote it (ICLR 2018)", GatForm(gat_of_the_authors())),
      builder_of("gat-pyg", "GAT as PyTorch Geometric has it", GatForm(gat_of_pyg())),
      builder_of("gatv2", "GATv2 (ICLR 2022)", AttentionForm<GraphAttentionV2, GraphAttentionV2Options>()),
      builder_of("rbf", "the gaussian kernel times exp(|k|_p^2 / divisor), p = 2 by default",
                 KernelForm(CatalogueOptions<Gaussian>{}, {.p = Real(2)}))};
  append_spectral_builders(all);
  append_kernel_builders(all);
  all.push_back(builder_of("primal",
                           "singular vectors of the cosine kernel in both directions, with their penalty "
                           "(Primal-Attention)",
                           AttentionForm<PrimalAttention, PrimalAttentionOptions>()));
  all.push_back(builder_of("gcn", "GCN (ICLR 2017)", BaselineForm<gcn>()));
  all.push_back(builder_of("sage", "GraphSAGE: the mean of the neighbours beside the node itself (NeurIPS 2017)",
                           BaselineForm<sage>()));
  all.push_back(builder_of("mlp", "the features alone, without the graph", BaselineForm<mlp>()));
  return all;
}

}  // namespace

const std::vector<Builder>& builders() {
  static const std::vector<Builder> all = all_builders();
  return all;
}

}  // namespace mercer
