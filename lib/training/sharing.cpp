#include "training/sharing.hpp"

namespace mercer::sharing {

double whole_loss(const Task& task, const Variable& loss) {
  Tensor value = loss.value().to(Device::cpu);
  if (task.sharing) task.sharing->add_up(value);
  return static_cast<double>(value(0, 0));
}

void add_up_gradients(const Task& task) {
  if (task.sharing) task.sharing->add_up_gradients(task.parameters);
}

bool any(const Task& task, bool mine) {
  if (!task.sharing) return mine;
  Tensor wishes = Tensor::filled(1, 1, mine ? 1 : 0);
  task.sharing->add_up(wishes);
  return wishes(0, 0) > 0;
}

}  // namespace mercer::sharing
