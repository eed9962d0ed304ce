#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mercer/base/types.hpp"

/// NCCL, where there is one: messages between CUDA devices without the host between.
namespace mercer::cuda {

/// Values for another rank, or room for those that come from it.
struct NcclMessage {
  int other = 0;
  Real* values = nullptr;  // those to send are only read
  Index count = 0;
};

/// One rank's end of what joins devices. All but abort() is asked by a thread of its device. NCCL waits on the devices:
/// messages that the other rank does not ask for in its turn hold up both until one of them aborts.
class NcclEnd {
 public:
  virtual ~NcclEnd() = default;  // aborts, unless it was closed
  /// All messages together, in the order of the device's work. What two ranks send to one another goes by its order.
  virtual void exchange(std::span<const NcclMessage> sent, std::span<const NcclMessage> received) = 0;
  /// Waits until the device has come so far; the last thing asked of it.
  virtual void close() = 0;
  /// From any thread: what the device still exchanges ends at once, come what may.
  virtual void abort() noexcept = 0;
};

/// An end for each of these devices, or none when there is no NCCL. Throws DeviceError when it can't join them.
std::vector<std::unique_ptr<NcclEnd>> join_by_nccl(const std::vector<int>& devices);

}  // namespace mercer::cuda
