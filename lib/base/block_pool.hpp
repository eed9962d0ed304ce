#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

namespace mercer {

/// Allocates blocks of one memory. Freed blocks are kept by size and reused: so each epoch finds the blocks of the one
/// before. With those in use they are at most an eighth more than was in use at one time, or `kept_at_most` beside them
/// if that is more. Thread-safe.
class BlockPool {
 public:
  using Allocate = void* (*)(std::size_t bytes);  // returns null when there is no memory left
  using Free = void (*)(void* block, std::size_t bytes);

  /// 0 in builds with a sanitizer, else `kept_at_most`: a sanitizer finds no errors in blocks that are kept.
  static std::size_t unless_sanitized(std::size_t kept_at_most) noexcept;

  /// With 0 no block is kept.
  BlockPool(Allocate allocate, Free free, std::size_t kept_at_most)
      : allocate_(allocate), free_(free), kept_at_most_(kept_at_most) {}

  /// Null when there is no memory left, even after the kept blocks have been freed.
  void* take(std::size_t bytes);
  void give_back(void* block, std::size_t bytes) noexcept;
  void release() noexcept;

 private:
  // the caller holds the mutex
  std::size_t may_keep() const noexcept;
  void count_taken(std::size_t size) noexcept;
  void release_down_to(std::size_t bytes) noexcept;

  Allocate allocate_;
  Free free_;
  std::size_t kept_at_most_, kept_ = 0, used_ = 0, most_used_ = 0;  // bytes
  std::mutex mutex_;
  std::map<std::size_t, std::vector<void*>> blocks_;  // by size
};

}  // namespace mercer
