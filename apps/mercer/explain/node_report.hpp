#pragma once

#include <algorithm>
#include <string>

#include "explain/explainable.hpp"

namespace mercer::program {

/// The description of a node.
class Naming {
 public:
  explicit Naming(const Explainable& explained)
      : prepared_(explained.prepared()), classes_(explained.trained.model.class_names) {}

  std::string number(Node i) const { return std::to_string(prepared_.source_node(i)); }
  std::string name(Node i) const {
    const auto& names = prepared_.data.node_names;
    return names.empty() ? number(i) : names[static_cast<std::size_t>(i)];
  }
  bool is_known(Node i) const {
    const auto& labels = prepared_.data.labels;
    return !labels.empty() && labels[static_cast<std::size_t>(i)] >= 0;
  }
  /// Its class, −1 where it is unknown or the task is another.
  int kind(Node i) const {
    const bool classes = prepared_.data.label_kind == LabelKind::classes;
    return classes && is_known(i) ? prepared_.data.labels[static_cast<std::size_t>(i)] : -1;
  }
  /// Its class, the labels that it has, or its numbers; – when unknown.
  std::string truth(Node i) const;

 private:
  const Prepared& prepared_;
  const std::vector<std::string>& classes_;
};

/// The model's prediction for a node.
struct Verdict {
  std::string predicted;
  double probability = 0;
};

Verdict verdict_on(const Explainable& explained, Node node);
/// The same of row `row` of any logits.
Verdict verdict_by(const Explainable& explained, const Tensor& logits, Index row);

/// "predicted a (93.0 %), truth b".
std::string in_words(const Explainable& explained, const Verdict& verdict, Node example);

/// The data of a node's explanation, for every output form.
struct NodeReport {
  const Explainable& explained;
  Naming naming;
  NodeExplanation node;
  Verdict verdict;
  Index layer;
  std::size_t top;

  bool has_classes() const { return explained.prepared().data.label_kind == LabelKind::classes; }
  bool has_factors() const { return program::has_factors(explained.trained.model.options); }
  std::string factors_text(const Weight& weight) const;  // "1.41 × 0.87"; empty where the score has none
  std::size_t shown() const { return std::min(top, node.neighbours.size()); }
  std::size_t others() const { return node.neighbours.size() - shown(); }
  std::string place() const;  // "layer 1 of 2, mean of 8 heads"
  std::string verdict_text() const { return in_words(explained, verdict, node.node); }
};

/// "1.41", "2.3e-05"; "±" when the heads' signs differ.
std::string factor_text(double value);

/// The ego graph of the report, as SVG.
std::string drawing_of(const NodeReport& report);

}  // namespace mercer::program
