#pragma once

#include <vector>

#include "mercer/autograd/variable.hpp"
#include "mercer/training/optimizer.hpp"

namespace mercer {

/// Throws ValueError when two parameters share a name, or one has no name or no value.
void require_distinct_names(const Parameters& parameters, const char* op);

/// A tensor of each parameter, under its name and on the CPU. None when there are no tensors.
NamedTensors by_name(const Parameters& parameters, const std::vector<Tensor>& tensors);

/// The way back: in the order of the parameters and on their devices. Throws ValueError "[op] the state …" unless
/// names and sizes are those of the parameters.
std::vector<Tensor> in_order(const char* op, const Parameters& parameters, const NamedTensors& named);

}  // namespace mercer
