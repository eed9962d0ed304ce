#pragma once

#include <cstddef>

namespace mercer {

/// While it lives, the buffers that this thread makes in host memory may have `bytes` in all; freed ones count too. The
/// one beyond throws std::bad_alloc, before any memory is asked for. An inner limit holds instead of an outer one.
class MemoryLimit {
 public:
  explicit MemoryLimit(std::size_t bytes);
  ~MemoryLimit();
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  std::size_t before_;
};

/// Bytes of memory that this process may use: the machine's, or less where the process or its container is limited.
std::size_t usable_memory();

}  // namespace mercer
