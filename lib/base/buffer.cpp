#include "mercer/base/buffer.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <vector>

#include "base/device_memory.hpp"

namespace mercer {
namespace {

constexpr std::size_t alignment = 64;
constexpr std::size_t kept_at_most = std::size_t{256} << 20;  // bytes

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool keeps_blocks = false;  // a kept block would hide a use after free
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool keeps_blocks = false;
#else
constexpr bool keeps_blocks = true;
#endif
#else
constexpr bool keeps_blocks = true;
#endif

/// Freed host blocks by size. Never destroyed: buffers of static lifetime may outlive any static pool.
struct HostPool {
  std::mutex mutex;
  std::map<std::size_t, std::vector<void*>> blocks;
  std::size_t kept = 0;
};
HostPool& host_pool() {
  static auto* pool = new HostPool;
  return *pool;
}

/// The size of the block that holds `bytes`: up to an eighth more, so that blocks of nearly one size, as dropout
/// makes of a sparse matrix, serve for each other.
std::size_t rounded(std::size_t bytes) {
  const std::size_t step = std::max(alignment, std::bit_floor(bytes) / 8);
  return (bytes + step - 1) / step * step;
}

void* host_allocate(std::size_t bytes) {
  const std::size_t size = rounded(bytes);
  if (size < bytes) throw std::bad_alloc();
  if (keeps_blocks) {
    HostPool& pool = host_pool();
    const std::scoped_lock lock(pool.mutex);
    if (const auto at = pool.blocks.find(size); at != pool.blocks.end() && !at->second.empty()) {
      void* block = at->second.back();
      at->second.pop_back();
      pool.kept -= size;
      return block;
    }
  }
  if (void* block = std::aligned_alloc(alignment, size)) return block;
  throw std::bad_alloc();
}

void host_free(void* block, std::size_t bytes) noexcept {
  if (keeps_blocks) {
    HostPool& pool = host_pool();
    const std::scoped_lock lock(pool.mutex);
    if (pool.kept + rounded(bytes) <= kept_at_most) {
      try {
        pool.blocks[rounded(bytes)].push_back(block);
        pool.kept += rounded(bytes);
        return;
      } catch (const std::bad_alloc&) {  // no room to remember it: give it back
      }
    }
  }
  std::free(block);
}

}  // namespace

Buffer::Buffer(std::size_t bytes, Device device) : bytes_(bytes), device_(device) {
  if (bytes == 0) return;
  data_ = device == Device::cpu ? host_allocate(bytes) : device_allocate(bytes);
}

Buffer::Buffer(const Buffer& other) : Buffer(other.bytes_, other.device_) {
  copy_bytes(data_, device_, other.data_, other.device_, bytes_);
}

Buffer::~Buffer() {
  if (data_ == nullptr) return;
  if (device_ == Device::cpu)
    host_free(data_, bytes_);
  else
    device_free(data_, bytes_);
}

void copy_bytes(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes) {
  if (bytes == 0) return;
  if (to_device == Device::cpu && from_device == Device::cpu)
    std::memcpy(to, from, bytes);
  else
    device_copy(to, to_device, from, from_device, bytes);
}

void zero_bytes(void* at, Device device, std::size_t bytes) {
  if (bytes == 0) return;
  if (device == Device::cpu)
    std::memset(at, 0, bytes);
  else
    device_zero(at, bytes);
}

void release_unused_memory() {
  HostPool& pool = host_pool();
  const std::scoped_lock lock(pool.mutex);
  for (auto& [size, blocks] : pool.blocks)
    for (void* block : blocks)
      std::free(block);
  pool.blocks.clear();
  pool.kept = 0;
}

}  // namespace mercer
