#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mercer/exchange/communicator.hpp"

namespace mercer {

struct RankOptions {
  std::vector<int> devices{};  // a CUDA device for each rank; none: on the CPU
  bool nccl = true;            // use it where there is one
};

/// In one line what carries values between ranks: NCCL and which, copies and why.
std::string carrier(const RankOptions& options);

/// body(rank's end) once on a thread of its own for each rank, and returns when all have ended. With devices, that
/// thread's Device::cuda is the device of its rank, where its tensors must end before it does. Values go from device to
/// device through NCCL; without one, or when ranks share a device, by copies from one to the other. The bits are the
/// same.
/// When a body throws, ranks that wait for it, or will, get a RankError that names it, and what it threw is thrown
/// here. Throws ValueError without a rank, ShapeError with another number of devices, DeviceError when there is no such
/// device or NCCL can't join them.
void run_ranks(int ranks, const std::function<void(Communicator&)>& body, const RankOptions& options = {});

}  // namespace mercer
