#pragma once

#include <string>

#include "backend/cuda/attend/attend_case.hpp"

/// Checks that attention on a device is that of the CPU.
namespace mercer::test {

/// Relative to the largest finite value, at least 1.
void check_close(const std::string& what, const Tensor& on_cpu, const Tensor& on_device, double allowed = 1e-5);

/// All that a forward and backward pass make.
void check_results(const AttentionResults& on_cpu, const AttentionResults& on_device, double allowed);

/// All results of a case, on the SIMT machine in every order of lanes if asked.
void check_case(const AttentionCase& c, bool in_every_order = false);

}  // namespace mercer::test
