#pragma once
#include <stdexcept>

namespace simt {

/// An error in a kernel or a runtime call, which on a GPU would cause wrong numbers or a hang.
struct Fault : std::runtime_error {
  using runtime_error::runtime_error;
};

}  // namespace simt
