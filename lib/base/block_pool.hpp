#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

namespace mercer {

/// Blocks of one memory; those given back are kept by size and handed out again. From any thread.
class BlockPool {
 public:
  using Allocate = void* (*)(std::size_t bytes);  // null when there is no more
  using Free = void (*)(void* block, std::size_t bytes);

  /// A sanitizer wants to see blocks come and go: it is told nothing by those that are kept.
  static std::size_t unless_sanitized(std::size_t kept_at_most) noexcept;

  BlockPool(Allocate allocate, Free free, std::size_t kept_at_most)
      : allocate_(allocate), free_(free), kept_at_most_(kept_at_most) {}

  /// Null when there is no more, even after what was kept has been released.
  void* take(std::size_t bytes);
  void give_back(void* block, std::size_t bytes) noexcept;
  void release() noexcept;

 private:
  void release_kept() noexcept;  // the mutex is held

  Allocate allocate_;
  Free free_;
  std::size_t kept_at_most_, kept_ = 0;  // bytes
  std::mutex mutex_;
  std::map<std::size_t, std::vector<void*>> blocks_;  // by size
};

}  // namespace mercer
