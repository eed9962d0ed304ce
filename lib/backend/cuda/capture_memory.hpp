#pragma once

#include <cstddef>
#include <unordered_set>

#include "backend/capture.hpp"
#include "base/block_pool.hpp"

namespace mercer {

/// Blocks of the shared pool that were handed out or freed during a capture: in use, or waiting in a pool of their own.
/// At the end all but those in use go back.
struct CaptureMemory::Blocks {
  Blocks();
  ~Blocks();

  /// Throws DeviceMemoryError.
  void* take(std::size_t bytes);
  /// False when the block is of others.
  bool give_back(void* block, std::size_t bytes) noexcept;
  /// A block of others that was freed. False when there is no room to remember it.
  bool adopt(void* block, std::size_t bytes) noexcept;

 private:
  std::unordered_set<const void*> mine_;
  BlockPool pool_;  // whose allocations throw: one that fails is no reason to give up what was captured
};

namespace cuda {

/// The block goes to whichever memory it is of; false when that is none.
bool give_back_to_its_capture(void* block, std::size_t bytes) noexcept;

}  // namespace cuda
}  // namespace mercer
