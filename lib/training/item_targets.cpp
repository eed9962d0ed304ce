#include "mercer/training/item_targets.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "mercer/autograd/losses.hpp"
#include "training/item_task.hpp"

namespace mercer {
namespace {

struct ItemTargetsObjective {
  ItemTargets items;

  Index count() const { return items.targets.rows(); }

  Variable loss(const Variable& outputs, const std::vector<Node>& mine) const {
    Tensor own = Tensor::uninitialized(std::ssize(mine), items.targets.columns());
    std::vector<Node> rows(mine.size());
    for (std::size_t n = 0; n < mine.size(); ++n) {
      rows[n] = static_cast<Node>(n);
      std::copy_n(items.targets.row(mine[n]), own.columns(), own.row(rows[n]));
    }
    const RealTargets targets(own, rows, outputs.device());
    return loss_of_targets(items.loss, outputs, targets);
  }
  double mean_loss(ConstView outputs, Rows rows) const {
    return mercer::mean_loss(items.loss, outputs, items.targets, rows);
  }
  double score(ConstView outputs, Rows rows) const {
    return evaluate(items.metric, items.loss, outputs, items.targets, rows);
  }
};

}  // namespace

Task item_targets(ItemTargets given) {
  const ItemTargetsObjective objective{std::move(given)};
  const Tensor zeros(objective.count(), objective.items.targets.columns());
  Task task = item_task("item_targets", objective);  // checks the lists
  for (const Rows rows : {objective.items.train, objective.items.validation, objective.items.test})
    if (!rows.empty()) objective.score(zeros, rows);
  return task;
}

}  // namespace mercer
