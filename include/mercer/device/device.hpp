#pragma once

#include <string>

namespace mercer {

/// Whether this build has a CUDA backend and the machine a device it can use.
bool cuda_available() noexcept;

/// The device's name, or in one line why there is none.
std::string cuda_description();

}  // namespace mercer
