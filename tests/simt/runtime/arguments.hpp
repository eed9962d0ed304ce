#pragma once
#include <span>
#include <string>

#include "simt/runtime/launch.hpp"

namespace simt {

/// Throws Fault for a pointer that a kernel on `device` can't follow: to host memory that is not page-locked, to
/// another device, or to no allocation. Looks at arguments and at members of structs passed by value.
void check_arguments(const std::string& kernel, int device, std::span<const Argument> arguments);

}  // namespace simt
