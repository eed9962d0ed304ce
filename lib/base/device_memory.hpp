#pragma once

#include <cstddef>

#include "mercer/base/types.hpp"

/// The device side of Buffer, defined by the CUDA backend that is linked; the absent one throws DeviceError.
namespace mercer {

int device_number() noexcept;  // the CUDA device that this thread uses
void* device_allocate(std::size_t bytes);
void device_free(void* block, std::size_t bytes) noexcept;
void device_copy(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes);
void device_zero(void* at, std::size_t bytes);
void device_release() noexcept;  // frees the kept blocks

}  // namespace mercer
