#include "base/block_pool.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
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

/// Bytes that may be kept beside those in use: an eighth more than at the peak, so that blocks of a new size don't push
/// out those of the epoch before.
std::size_t BlockPool::may_keep() const noexcept {
  return kept_at_most_ == 0 ? 0 : std::max(kept_at_most_, most_used_ + most_used_ / 8 - used_);
}

void BlockPool::count_taken(std::size_t size) noexcept {
  used_ += size;
  most_used_ = std::max(most_used_, used_);
  release_down_to(may_keep());
}

void* BlockPool::take(std::size_t bytes) {
  const std::size_t size = rounded(bytes);
  if (size < bytes) return nullptr;
  const std::scoped_lock lock(mutex_);
  void* block = nullptr;
  if (const auto kept = blocks_.find(size); kept != blocks_.end() && !kept->second.empty()) {
    block = kept->second.back();
    kept->second.pop_back();
    kept_ -= size;
  } else {
    block = allocate_(size);
    if (block == nullptr && kept_ > 0) {
      release_down_to(0);
      block = allocate_(size);
    }
  }
  if (block != nullptr) count_taken(size);
  return block;
}

void BlockPool::give_back(void* block, std::size_t bytes) noexcept {
  const std::size_t size = rounded(bytes);
  const std::scoped_lock lock(mutex_);
  used_ -= std::min(used_, size);  // a block of another pool may come, too
  if (kept_ + size <= may_keep()) {
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
  release_down_to(0);
  most_used_ = used_;
}

/// The smallest block that is enough goes, else the largest.
void BlockPool::release_down_to(std::size_t bytes) noexcept {
  while (kept_ > bytes) {
    auto next = blocks_.lower_bound(kept_ - bytes);
    if (next == blocks_.end()) --next;
    if (next->second.empty()) {
      blocks_.erase(next);
      continue;
    }
    free_(next->second.back(), next->first);
    next->second.pop_back();
    kept_ -= next->first;
  }
}

}  // namespace mercer
