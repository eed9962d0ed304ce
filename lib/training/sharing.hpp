#pragma once

#include "mercer/training/trainer.hpp"

/// What differs between training on a graph and on a rank's share of it.
namespace mercer::sharing {

double whole_loss(const Task& task, const Variable& loss);

/// After backward: the gradients of the whole loss on every rank.
void add_up_gradients(const Task& task);

/// Does any rank say so?
bool any(const Task& task, bool mine);

}  // namespace mercer::sharing
