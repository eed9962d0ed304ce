#pragma once

#include <cstddef>
#include <variant>

#include "mercer/partition/halo.hpp"

namespace mercer {

/// All at once, where the operands are.
struct Local {};

/// For operands that the CUDA device in use has no room for: they stay on the host, and attention takes them through
/// the device piece by piece, in slots of no more than so many bytes of it together (and of as many of pinned memory);
/// chunks of long rows and gradients of edge operands come on top. The results are those of the whole on the device to
/// the bit, but for the gradient of a kernel_weight, which is a sum over pieces.
struct Streamed {
  std::size_t device_bytes = 0;
};

/// How attention over a topology is run. Any of them takes a Graph, Streamed a Block too, Local all.
using Execution = std::variant<Local, Streamed, Partitioned>;

}  // namespace mercer
