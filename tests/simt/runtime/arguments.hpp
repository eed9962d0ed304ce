#pragma once
#include <span>
#include <string>

#include "simt/runtime/launch.hpp"

namespace simt {

/// Throws Fault for a pointer, among the arguments or within a struct passed by value, that a kernel on `device` cannot
/// follow: to host memory that is not page-locked, to another device, or to nothing.
void check_arguments(const std::string& kernel, int device, std::span<const Argument> arguments);

}  // namespace simt
