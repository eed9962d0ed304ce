#include "training/sharing.hpp"

#include <algorithm>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer::sharing {

Pass training_pass(const Task& task, std::uint64_t seed, std::uint32_t epoch) {
  Pass pass = Pass::training(seed, epoch, std::ssize(task.train));
  return task.sharing ? pass.from_row(task.sharing->first) : pass;
}

Variable loss(const Task& task, const Prediction& prediction) {
  const auto& [logits, penalty] = prediction;
  if (!task.sharing) {
    const Variable loss = cross_entropy(logits, task.labels, task.train);
    return penalty ? add(loss, penalty) : loss;
  }
  const Index first = task.sharing->first, last = first + logits.rows();
  expect("train", {{"own nodes beyond those with labels", std::max<Index>(last - std::ssize(task.labels), 0), 0}});
  std::vector<Node> own;
  for (const Node i : task.train)
    if (i >= first && i < last) own.push_back(static_cast<Node>(i - first));
  const auto labels = task.labels.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(logits.rows()));
  const Variable loss = cross_entropy(logits, labels, own, std::ssize(task.train));
  return penalty ? add(loss, scale(penalty, Real(1) / static_cast<Real>(task.sharing->ranks))) : loss;
}

double whole_loss(const Task& task, const Variable& loss) {
  Tensor value = loss.value().to(Device::cpu);
  if (task.sharing) task.sharing->add_up(value);
  return static_cast<double>(value(0, 0));
}

void add_up_gradients(const Task& task) {
  if (task.sharing) task.sharing->add_up_gradients(task.parameters);
}

Tensor all_logits(const Task& task, const Tensor& own) {
  const Tensor here = own.to(Device::cpu);
  if (!task.sharing) return here;
  // everyone else's rows are 0 here
  Tensor all(std::ssize(task.labels), own.columns());
  std::ranges::copy(here.values(), all.row(task.sharing->first));
  task.sharing->add_up(all);
  return all;
}

bool any(const Task& task, bool mine) {
  if (!task.sharing) return mine;
  Tensor wishes = Tensor::filled(1, 1, mine ? 1 : 0);
  task.sharing->add_up(wishes);
  return wishes(0, 0) > 0;
}

}  // namespace mercer::sharing
