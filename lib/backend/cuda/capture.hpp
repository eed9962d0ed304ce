#pragma once

#include <cstddef>

#include "mercer/base/types.hpp"

/// What memory and operators have to know of a capture that goes on, on this thread. All answer false when none does.
namespace mercer::cuda {

/// A block for captured work. Throws DeviceMemoryError.
bool take_captured(std::size_t bytes, void*& block);
/// Also of a block that captured work still uses, at any time and from any thread.
bool give_back_captured(void* block, std::size_t bytes) noexcept;
/// Captures a copy to or from the host. Throws DeviceError when the host wants to have it at once.
bool copy_captured(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes);
/// After each replay `to`, if it's not null, is added what the device counted.
bool count_after_replays(const unsigned long long* there, Index* to);

/// A block of the memory that everybody shares. Throws DeviceMemoryError.
void* take_shared(std::size_t bytes);
void give_back_shared(void* block, std::size_t bytes);

}  // namespace mercer::cuda
