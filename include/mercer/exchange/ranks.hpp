#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mercer/exchange/communicator.hpp"

namespace mercer {

struct RankOptions {
  std::vector<int> devices{};  // a CUDA device for each rank; empty: the CPU
  bool nccl = true;            // use NCCL if it is installed
};

/// One line on how ranks exchange values: NCCL with its version, or copies with the reason.
std::string carrier(const RankOptions& options);

/// Calls body(communicator) on one thread for each rank; returns when all have ended. With devices, the thread's
/// Device::cuda is the device of its rank, and its tensors must be destroyed before the thread ends. Values go between
/// devices through NCCL; without NCCL, or when ranks share a device, by copies. The bits are the same.
/// When a body throws, the other ranks get a RankError that names it at their next exchange, and its exception is
/// thrown here. Throws ValueError unless ranks ≥ 1, ShapeError unless there is a device for each rank, DeviceError when
/// a device doesn't exist or NCCL fails.
void run_ranks(int ranks, const std::function<void(Communicator&)>& body, const RankOptions& options = {});

}  // namespace mercer
