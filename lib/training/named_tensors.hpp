#pragma once

#include <vector>

#include "mercer/autograd/variable.hpp"
#include "mercer/training/optimizer.hpp"

namespace mercer {

/// Throws ValueError when two parameters share a name, or one has no name or no value.
void require_distinct_names(const Parameters& parameters, const char* op);

/// The tensors, one for each parameter, by name and on the CPU. Empty when `tensors` is empty.
NamedTensors by_name(const Parameters& parameters, const std::vector<Tensor>& tensors);

/// The inverse: the tensors in the order of the parameters and on their devices. Throws ValueError "[op] the state …"
/// unless names and sizes are those of the parameters.
std::vector<Tensor> in_order(const char* op, const Parameters& parameters, const NamedTensors& named);

}  // namespace mercer
