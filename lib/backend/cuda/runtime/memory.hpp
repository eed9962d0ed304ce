#pragma once

#include <cstddef>
#include <span>

#include "mercer/base/buffer.hpp"

namespace mercer::cuda {

/// Bytes of device memory that buffers hold now, on all devices.
std::size_t bytes_in_use() noexcept;

/// Allocates a block outside the pools. Throws DeviceError.
void* allocate_apart(std::size_t bytes);
void free_apart(void* block, std::size_t bytes) noexcept;

/// A copy of an array in host memory.
template <class T>
Buffer on_device(const T* from, std::size_t count) {
  return Buffer::of(std::span(from, count), Device::cuda);
}

}  // namespace mercer::cuda
