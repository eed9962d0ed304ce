#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mercer/base/types.hpp"

/// NCCL, if it is installed: messages between CUDA devices that don't pass through the host.
namespace mercer::cuda {

/// Values to send to another rank, or memory for values from it.
struct NcclMessage {
  int other = 0;
  Real* values = nullptr;  // only read when sent
  Index count = 0;
};

/// One rank's NCCL communicator. A thread of its device makes all calls except abort(). NCCL waits on the devices: when
/// the messages of two ranks don't match, both devices wait until one rank aborts.
class NcclEnd {
 public:
  virtual ~NcclEnd() = default;  // aborts unless it was closed
  /// Exchanges all messages, in the order of the device's work. Messages between two ranks are matched by their order.
  virtual void exchange(std::span<const NcclMessage> sent, std::span<const NcclMessage> received) = 0;
  /// Waits until the device has finished all exchanges; the last call.
  virtual void close() = 0;
  /// Stops the running exchanges at once. Any thread may call it.
  virtual void abort() noexcept = 0;
};

/// A communicator for each of these devices; empty without NCCL. Throws DeviceError when NCCL fails.
std::vector<std::unique_ptr<NcclEnd>> join_by_nccl(const std::vector<int>& devices);

}  // namespace mercer::cuda
