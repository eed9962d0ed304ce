#include "base/block_pool.hpp"

#include <algorithm>
#include <bit>
#include <new>

namespace mercer {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool keeps_blocks = false;  // kept blocks would hide a use after free, rounded sizes an overrun
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool keeps_blocks = false;
#else
constexpr bool keeps_blocks = true;
#endif
#else
constexpr bool keeps_blocks = true;
#endif

/// The size of the block for `bytes`: up to an eighth more, so that a block can be reused for nearly the same size
/// (dropout on a sparse matrix changes the size a little each time).
std::size_t rounded(std::size_t bytes) {
  constexpr std::size_t least = 64;
  const std::size_t step = std::max(least, std::bit_floor(bytes) / 8);
  return keeps_blocks ? (bytes + step - 1) / step * step : bytes;
}

}  // namespace

std::size_t BlockPool::unless_sanitized(std::size_t kept_at_most) noexcept { return keeps_blocks ? kept_at_most : 0; }

void* BlockPool::take(std::size_t bytes) {
  const std::size_t size = rounded(bytes);
  if (size < bytes) return nullptr;
  const std::scoped_lock lock(mutex_);
  if (const auto kept = blocks_.find(size); kept != blocks_.end() && !kept->second.empty()) {
    void* block = kept->second.back();
    kept->second.pop_back();
    kept_ -= size;
    return block;
  }
  if (void* block = allocate_(size)) return block;
  if (kept_ == 0) return nullptr;
  release_kept();
  return allocate_(size);
}

void BlockPool::give_back(void* block, std::size_t bytes) noexcept {
  const std::size_t size = rounded(bytes);
  const std::scoped_lock lock(mutex_);
  if (kept_ + size <= kept_at_most_) {
    try {
      blocks_[size].push_back(block);
      kept_ += size;
      return;
    } catch (const std::bad_alloc&) {  // no memory for the list of kept blocks: the block is freed
    }
  }
  free_(block, size);
}

void BlockPool::release() noexcept {
  const std::scoped_lock lock(mutex_);
  release_kept();
}

void BlockPool::release_kept() noexcept {
  for (const auto& [size, kept] : blocks_)
    for (void* block : kept)
      free_(block, size);
  blocks_.clear();
  kept_ = 0;
}

}  // namespace mercer
