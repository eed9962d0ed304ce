#pragma once

#include <string>
#include <vector>

#include "mercer/autograd/variable.hpp"

/// The values of all parameters of a model, in the order of the parameters.
namespace mercer {

std::vector<Tensor> copied(const Parameters& parameters);
/// Copies into the existing tensors of `to`, which have the same sizes.
void copy_values(const Parameters& from, std::vector<Tensor>& to);
void set(const Parameters& parameters, std::vector<Tensor> values);

/// True when there are parameters and all are on the CUDA device.
bool on_device(const Parameters& parameters);

bool all_finite(const Parameters& parameters);
/// Names the first parameter with a value that is not finite, else the first with a gradient that is not finite.
std::string first_not_finite(const Parameters& parameters);

}  // namespace mercer
