#include "training/sharing.hpp"

#include <algorithm>

namespace mercer::sharing {

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
