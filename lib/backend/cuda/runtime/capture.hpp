#pragma once

#include <cstddef>

#include "mercer/base/types.hpp"

/// Hooks of memory and operators into the running capture of this thread. All return false when there is none.
namespace mercer::cuda {

/// Allocates a block for captured work. Throws DeviceMemoryError.
bool take_captured(std::size_t bytes, void*& block);
/// Frees a block that a capture owns or that is freed during a capture; at any time, from any thread.
bool give_back_captured(void* block, std::size_t bytes) noexcept;
/// Captures a copy from the host. Throws DeviceError on a copy to the host, which would have to wait.
bool copy_captured(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes);
/// Adds *there of the device to *to after each replay, unless `to` is null.
bool count_after_replays(const unsigned long long* there, Index* to);

/// Allocates a block from the shared pool. Throws DeviceMemoryError.
void* take_shared(std::size_t bytes);
void give_back_shared(void* block, std::size_t bytes);

}  // namespace mercer::cuda
