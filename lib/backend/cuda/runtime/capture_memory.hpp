#pragma once

#include <cstddef>
#include <unordered_set>

#include "backend/capture.hpp"
#include "base/block_pool.hpp"

namespace mercer {

/// Blocks of the shared pool that were allocated or freed during a capture; free ones wait in a pool of their own. The
/// destructor returns the free ones to the shared pool.
struct CaptureMemory::Blocks {
  Blocks();
  ~Blocks();

  /// Throws DeviceMemoryError.
  void* take(std::size_t bytes);
  /// Frees a block of this memory; false when it is not.
  bool give_back(void* block, std::size_t bytes) noexcept;
  /// Takes over a freed block of the shared pool. False when there is no memory to record it.
  bool adopt(void* block, std::size_t bytes) noexcept;

 private:
  std::unordered_set<const void*> mine_;
  BlockPool pool_;  // its allocations throw, so that a failed one doesn't release the kept blocks
};

namespace cuda {

/// Frees a block of any capture memory; false when the block belongs to none.
bool give_back_to_its_capture(void* block, std::size_t bytes) noexcept;

}  // namespace cuda
}  // namespace mercer
