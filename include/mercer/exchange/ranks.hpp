#pragma once

#include <functional>
#include <vector>

#include "mercer/exchange/communicator.hpp"

namespace mercer {

/// body(rank's end) once on a thread of its own for each rank, and returns when all have ended. With devices, one for
/// each rank: that thread's Device::cuda is the device of its rank, where its tensors must end before it does.
/// When a body throws, ranks that wait for it, or will, get a RankError that names it, and what it threw is thrown
/// here. Throws ValueError without a rank, or with another number of devices.
void run_ranks(int ranks, const std::function<void(Communicator&)>& body, const std::vector<int>& devices = {});

}  // namespace mercer
