#pragma once

#include <cstddef>
#include <memory>

#include "mercer/tensor/view.hpp"

/// What ranks ask of the CUDA backend, beside the loops: values on their way between devices.
namespace mercer::cuda {

/// Until it ends, this thread's Device::cuda is that device, whatever other threads use. Throws DeviceError when there
/// is no such device.
class ThreadDevice {
 public:
  explicit ThreadDevice(int device);
  ~ThreadDevice();
  ThreadDevice(const ThreadDevice&) = delete;
  ThreadDevice& operator=(const ThreadDevice&) = delete;

 private:
  [[maybe_unused]] int before_ = -1;  // of this thread
};

/// A place in the work of one device, for which that of others can wait. Made, and set, by a thread of that device.
class Mark {
 public:
  virtual ~Mark() = default;
  virtual void set() = 0;             // here: all that this thread's device was given so far
  virtual void wait_for() const = 0;  // what this thread's device is given from now on comes later
};
std::unique_ptr<Mark> new_mark();

/// A copy into memory of this thread's device from that of another, or the same, in the order of its work. Devices that
/// can't reach each other go through the host: the driver sees to it.
void copy_from_device(void* to, const void* from, int from_device, std::size_t bytes);

}  // namespace mercer::cuda
