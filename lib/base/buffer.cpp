#include "mercer/base/buffer.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "base/block_pool.hpp"
#include "base/device_memory.hpp"
#include "base/memory_limit.hpp"

namespace mercer {
namespace {

constexpr std::size_t alignment = 64, huge_page = std::size_t{2} << 20;

/// Asks the system to hold whole huge pages of a block as such: rows that are gathered at random then miss the
/// processor's table of pages less often. It may refuse.
void prefer_huge_pages([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef __linux__
  madvise(block, bytes / huge_page * huge_page, MADV_HUGEPAGE);
#endif
}

void* host_allocate(std::size_t bytes) {
  const bool is_large = bytes >= 2 * huge_page;
  void* block = nullptr;
  if (posix_memalign(&block, is_large ? huge_page : alignment, bytes) != 0) return nullptr;
  if (is_large) prefer_huge_pages(block, bytes);
  return block;
}

void host_free(void* block, std::size_t) { std::free(block); }

/// Never destroyed: buffers of static lifetime may outlive any static pool.
BlockPool& host_pool() {
  static auto* pool = new BlockPool(host_allocate, host_free, BlockPool::unless_sanitized(std::size_t{1} << 30));
  return *pool;
}

void* allocate_on_host(std::size_t bytes) {
  take_from_limit(bytes);
  if (void* block = host_pool().take(bytes)) return block;
  throw std::bad_alloc();
}

}  // namespace

Device numbered(Device device) {
  return device.is_cuda() && device.number < 0 ? Device::cuda_number(device_number()) : device;
}

std::string name_of(Device device) {
  return device.is_cpu() ? "cpu" : "cuda:" + std::to_string(numbered(device).number);
}

Buffer::Buffer(std::size_t bytes, Device device) : bytes_(bytes), device_(numbered(device)) {
  if (bytes == 0) return;
  const UseDevice on(device_);
  data_ = device_.is_cpu() ? allocate_on_host(bytes) : device_allocate(bytes);
}

Buffer::Buffer(const Buffer& other) : Buffer(other.to(other.device_)) {}

Buffer Buffer::foreign(void* data, std::size_t bytes, Device device, const std::shared_ptr<void>& owner) {
  Buffer wrapped;
  wrapped.data_ = data;
  wrapped.bytes_ = bytes;
  wrapped.device_ = numbered(device);
  wrapped.foreign_ = std::shared_ptr<void>(owner, data);
  return wrapped;
}

std::shared_ptr<void> Buffer::release() {
  Buffer own = std::move(*this);
  if (own.foreign_) return own.foreign_;
  void* data = own.data_;
  return {std::make_shared<Buffer>(std::move(own)), data};
}

Buffer::~Buffer() {
  if (data_ == nullptr || foreign_) return;
  if (device_.is_cpu())
    host_pool().give_back(data_, bytes_);
  else
    device_free(data_, bytes_);
}

void copy_bytes(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes) {
  if (bytes == 0) return;
  if (to_device.is_cpu() && from_device.is_cpu()) {
    std::memcpy(to, from, bytes);
    return;
  }
  const UseDevice on(to_device.is_cuda() ? to_device : from_device);
  device_copy(to, numbered(to_device), from, numbered(from_device), bytes);
}

void zero_bytes(void* at, Device device, std::size_t bytes) {
  if (bytes == 0) return;
  if (device.is_cpu()) {
    std::memset(at, 0, bytes);
    return;
  }
  const UseDevice on(device);
  device_zero(at, bytes);
}

void release_unused_memory() {
  host_pool().release();
  device_release();
}

}  // namespace mercer
