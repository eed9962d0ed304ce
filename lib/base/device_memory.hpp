#pragma once

#include <cstddef>
#include <optional>

#include "mercer/base/types.hpp"

/// The device side of Buffer, defined by the CUDA backend that is linked; the absent one throws DeviceError.
namespace mercer {

int device_number() noexcept;  // the CUDA device that this thread uses

/// While an object exists, Device::cuda means that device on this thread. Throws DeviceError when the device does not
/// exist.
class ThreadDevice {
 public:
  explicit ThreadDevice(int device);
  ~ThreadDevice();
  ThreadDevice(const ThreadDevice&) = delete;
  ThreadDevice& operator=(const ThreadDevice&) = delete;

 private:
  [[maybe_unused]] int before_ = -1;  // the thread's device before
};

/// While an object exists, this thread uses the device of an operand. Does nothing for the CPU.
class UseDevice {
 public:
  explicit UseDevice(Device device) {
    if (device.is_cuda() && device.number >= 0 && device.number != device_number()) other_.emplace(device.number);
  }

 private:
  std::optional<ThreadDevice> other_;
};

void* device_allocate(std::size_t bytes);
void device_free(void* block, std::size_t bytes) noexcept;
void device_copy(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes);
void device_zero(void* at, std::size_t bytes);
void device_release() noexcept;  // frees the kept blocks

}  // namespace mercer
