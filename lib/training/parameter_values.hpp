#pragma once

#include <string>
#include <vector>

#include "mercer/autograd/variable.hpp"

/// The values of all parameters of a model, in their order.
namespace mercer {

std::vector<Tensor> copied(const Parameters& parameters);
/// Into the memory that `to` has: tensors of the same sizes.
void copy_values(const Parameters& from, std::vector<Tensor>& to);
void set(const Parameters& parameters, std::vector<Tensor> values);

/// Are there any, and all on the CUDA device?
bool on_device(const Parameters& parameters);

bool all_finite(const Parameters& parameters);
/// Names the first parameter with a value that is not finite, or else with such a gradient.
std::string first_not_finite(const Parameters& parameters);

}  // namespace mercer
