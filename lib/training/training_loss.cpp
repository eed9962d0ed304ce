#include "training/training_loss.hpp"

#include <algorithm>
#include <vector>

#include "mercer/base/check.hpp"

namespace mercer {

Variable TrainingLoss::of(Index epoch, const std::uint32_t* step_there) {
  Pass pass = Pass::training(seed_, static_cast<std::uint32_t>(epoch), std::ssize(task_.train), step_there);
  if (task_.sharing) pass.from_row(task_.sharing->first);
  const auto [logits, penalty] = task_.predict(pass);
  if (!targets_) targets_ = targets_of(logits);
  const Variable loss = cross_entropy(logits, *targets_);
  if (!penalty) return loss;
  return add(loss, task_.sharing ? scale(penalty, Real(1) / static_cast<Real>(task_.sharing->ranks)) : penalty);
}

Targets TrainingLoss::targets_of(const Variable& logits) const {
  if (!task_.sharing) return {task_.labels, task_.train, logits.columns(), logits.device()};
  const Index first = task_.sharing->first, last = first + logits.rows();
  expect("train", {{"own nodes beyond those with labels", std::max<Index>(last - std::ssize(task_.labels), 0), 0}});
  std::vector<Node> own;
  for (const Node i : task_.train)
    if (i >= first && i < last) own.push_back(static_cast<Node>(i - first));
  const auto labels = task_.labels.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(logits.rows()));
  return {labels, own, logits.columns(), logits.device(), std::ssize(task_.train)};
}

}  // namespace mercer
