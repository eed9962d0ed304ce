#pragma once

#include <optional>
#include <vector>

#include "mercer/base/random.hpp"
#include "mercer/layers/activation.hpp"
#include "mercer/layers/any_layer.hpp"
#include "mercer/layers/linear.hpp"
#include "mercer/models/global_branch.hpp"
#include "models/column_norm.hpp"
#include "models/mean_penalty.hpp"

namespace mercer {

/// The segment of all nodes. Throws ValueError unless the neighbourhood is a whole graph on the CPU.
Neighbourhood all_nodes(const Neighbourhood& graph);

struct GlobalSizes {
  Index features = 0, width = 0, classes = 0;
  Activation activation = relu;
  float dropout = 0;  // where the options give none
};

/// The parameters of a global branch and its steps; formulas: GlobalOptions.
class GlobalParts {
 public:
  GlobalParts(const GlobalOptions& options, const GlobalSizes& sizes, Random& random);

  bool averages() const { return options_.branch == GlobalBranch::average; }
  /// Whether the branch is in use in this pass; a forward pass in training counts as one more.
  bool is_on(const Pass& pass) const;
  Real passes_done() const;  // of training, up to the local epochs
  void count(const Pass& pass) const;
  /// (1 − weight) h + weight z.
  Variable averaged(const Neighbourhood& nodes, const Input& x, const Variable& h, Pass& pass,
                    MeanPenalty& penalty) const;
  /// z, of h.
  Variable gated(const Neighbourhood& nodes, const Variable& h, Pass& pass, MeanPenalty& penalty) const;
  Variable logits(const Variable& z) const { return (*classifier_)(z); }  // of the gated form

  Parameters parameters() const;
  Parameters buffers() const;

 private:
  struct Layer {
    AnyLayer attention;
    ColumnNorm norm;
    std::optional<Linear> gate{};  // U and c
    Variable beta{};               // [1, width]
  };
  Variable attended(const Layer& layer, const Neighbourhood& nodes, const Variable& z, Pass& pass,
                    MeanPenalty& penalty) const;
  Variable drop(const Neighbourhood& nodes, const Variable& z, Pass& pass) const;

  GlobalOptions options_;
  Activation activation_;
  float dropout_;
  std::optional<Linear> first_{};  // W of the average
  ColumnNorm norm_;                // after it, or of h
  std::vector<Layer> layers_{};
  std::optional<Linear> last_{};        // W_o
  std::optional<Linear> classifier_{};  // of the gated form
  Variable passes_{};                   // [1, 1]  training passes done, at most local_epochs; undefined without these
};

}  // namespace mercer
