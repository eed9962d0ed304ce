#pragma once

#include <cstddef>
#include <memory>

#include "mercer/tensor/view.hpp"

/// Functions of the CUDA backend for ranks: values on their way between devices.
namespace mercer::cuda {

/// A point in the work of one device, for which other devices can wait (a CUDA event). A thread of that device creates
/// and sets it.
class Mark {
 public:
  virtual ~Mark() = default;
  virtual void set() = 0;             // the point after all work given to this thread's device so far
  virtual void wait_for() const = 0;  // later work of this thread's device starts after the point
};
std::unique_ptr<Mark> new_mark();

/// Copies to memory of this thread's device from any device, in the order of its work. If two devices have no direct
/// connection, the driver copies through the host.
void copy_from_device(void* to, const void* from, int from_device, std::size_t bytes);

}  // namespace mercer::cuda
