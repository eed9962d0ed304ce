#pragma once

#include <cstddef>
#include <variant>

#include "mercer/partition/halo.hpp"

namespace mercer {

/// All at once, on the device of the operands.
struct Local {};

/// For operands that are larger than the memory of the CUDA device in use. They stay on the host, and attention copies
/// them through the device piece by piece. The pieces take at most `device_bytes` of device memory and as many of
/// pinned memory; chunks of long rows and gradients of edge operands need additional memory. The results have the bits
/// of Local on the device, except for the gradient of a kernel_weight, which is a sum over pieces.
struct Streamed {
  std::size_t device_bytes = 0;
};

/// How attention over a topology is run. Each runs a Graph; Streamed also a Block; Local any topology.
using Execution = std::variant<Local, Streamed, Partitioned>;

}  // namespace mercer
