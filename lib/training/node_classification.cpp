#include "mercer/training/node_classification.hpp"

#include <utility>
#include <variant>
#include <vector>

#include "mercer/autograd/losses.hpp"
#include "mercer/base/check.hpp"
#include "training/node_task.hpp"

namespace mercer {
namespace {

constexpr const char* node_classification_caller = "node_classification";

/// Cross entropy, weighted by class or not. With sharing the mean is over the training nodes of all ranks.
struct ClassObjective {
  using Targets = std::variant<mercer::Targets, WeightedTargets>;

  NodeClassification nodes;

  Index count() const { return std::ssize(nodes.labels); }

  Targets targets(const Variable& logits) const {
    if (!nodes.sharing) return targets_of(logits, nodes.labels, nodes.train, false);
    const std::vector<Node> own =
        own_rows(node_classification_caller, nodes.train, *nodes.sharing, logits.rows(), count());
    const auto first = static_cast<std::size_t>(nodes.sharing->first);
    return targets_of(logits, nodes.labels.subspan(first, static_cast<std::size_t>(logits.rows())), own, true);
  }

  static Variable loss(const Variable& logits, const Targets& targets) {
    return std::visit([&](const auto& of) { return cross_entropy(logits, of); }, targets);
  }

  double mean_loss(ConstView logits, Rows rows) const { return mean_cross_entropy(logits, nodes.labels, rows); }
  double score(ConstView logits, Rows rows) const { return evaluate(nodes.metric, logits, nodes.labels, rows); }

 private:
  Targets targets_of(const Variable& logits, Labels labels, Rows rows, bool shared) const {
    const std::vector<Real>& weights = nodes.class_weights;
    if (weights.empty())
      return mercer::Targets(labels, rows, logits.columns(), logits.device(), shared ? std::ssize(nodes.train) : 0);
    expect(node_classification_caller, {{"class_weights (one a class)", std::ssize(weights), logits.columns()}});
    double all = 0;
    for (const Node i : nodes.train)
      all += static_cast<double>(weights[static_cast<std::size_t>(nodes.labels[static_cast<std::size_t>(i)])]);
    return WeightedTargets(labels, rows, weights, logits.device(), shared ? static_cast<Real>(all) : Real(0));
  }
};

}  // namespace

Task node_classification(NodeClassification given) {
  return node_task(node_classification_caller, ClassObjective{std::move(given)});
}

}  // namespace mercer
