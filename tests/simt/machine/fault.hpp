#pragma once
#include <stdexcept>

namespace simt {

/// A mistake in a kernel or in a call of the runtime that a GPU would answer with wrong numbers or a hang.
struct Fault : std::runtime_error {
  using runtime_error::runtime_error;
};

}  // namespace simt
