#include "backend/cuda/runtime/memory.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "backend/cuda/attend/stream_slots.hpp"
#include "backend/cuda/runtime/capture.hpp"
#include "backend/cuda/runtime/runtime.hpp"
#include "base/block_pool.hpp"
#include "base/device_memory.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace {

void* allocate(std::size_t bytes);
void free_block(void* block, std::size_t bytes);

/// The memory of one device. The device has one stream, so a freed block can be reused at once: earlier work on it ends
/// before later work begins.
struct Memory {
  std::atomic<std::size_t> in_use{0}, taken{0}, limit{0};
  BlockPool pool{allocate, free_block, BlockPool::unless_sanitized(~std::size_t{0})};
};

/// The memories of all devices, and the device of each block, since a thread of another device may free it. Never
/// destroyed: buffers of static lifetime may outlive any static pool.
class Memories {
 public:
  Memory& of_device(int device) { return memory_[static_cast<std::size_t>(device)]; }
  Memory& in_use() { return of_device(cuda_device_in_use()); }

  void add(const void* block) {
    const std::scoped_lock lock(mutex_);
    device_of_[block] = cuda_device_in_use();
    std::size_t taken = 0;
    for (const Memory& each : memory_)
      taken += each.taken;
    peak_ = std::max(peak_, taken);
  }
  std::size_t peak() {
    const std::scoped_lock lock(mutex_);
    return peak_;
  }
  Memory& of_block(const void* block, bool forget = false) {
    const std::scoped_lock lock(mutex_);
    const auto found = device_of_.find(block);
    Memory& memory = of_device(found->second);
    if (forget) device_of_.erase(found);
    return memory;
  }
  std::size_t bytes_in_use() const {
    std::size_t sum = 0;
    for (const Memory& each : memory_)
      sum += each.in_use;
    return sum;
  }

 private:
  std::array<Memory, cuda::most_devices> memory_;
  std::mutex mutex_;
  std::map<const void*, int> device_of_;
  std::size_t peak_ = 0;  // bytes of all devices
};

Memories& memories() {
  static auto* the = new Memories;
  return *the;
}

/// Returns null when the device is full or the limit is reached; throws DeviceError on other errors.
void* allocate(std::size_t bytes) {
  void* block = nullptr;
  Memory& memory = memories().in_use();
  if (memory.limit != 0 && memory.taken + bytes > memory.limit) return block;
  const cudaError_t status = cudaMalloc(&block, bytes);
  if (status != cudaErrorMemoryAllocation) {
    cuda::check(status, "allocate");
    memory.taken += bytes;
    memories().add(block);
    return block;
  }
  cudaGetLastError();
  return nullptr;
}

void free_block(void* block, std::size_t bytes) {
  memories().of_block(block, true).taken -= bytes;
  if (cudaFree(block) != cudaSuccess) cudaGetLastError();  // a destructor can't report it
}

std::string in_words(std::size_t bytes) {
  constexpr std::size_t KiB = 1 << 10, MiB = KiB << 10;
  return bytes < 10 * MiB ? std::to_string((bytes + KiB - 1) / KiB) + " KiB" : std::to_string(bytes / MiB) + " MiB";
}

[[noreturn]] void no_room(std::size_t bytes) {
  std::size_t free = 0, total = 0;
  if (cudaMemGetInfo(&free, &total) != cudaSuccess) cudaGetLastError();
  const Memory& memory = memories().in_use();
  throw DeviceMemoryError("[allocate] CUDA: out of memory (cudaErrorMemoryAllocation): " + in_words(bytes) +
                          " more wanted, " + in_words(free) + " of " + in_words(total) + " free, " +
                          in_words(memory.in_use) + " in use here" +
                          (memory.limit == 0 ? "" : ", limited to " + in_words(memory.limit)));
}

/// Copies between two devices: waits for the work on the source, and returns when the target has the values.
void copy_between(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes) {
  {
    const UseDevice on(from_device);
    cuda::wait_for_all("copy");
  }
  cuda::check(cudaMemcpyPeerAsync(to, to_device.number, from, from_device.number, bytes, cuda::stream()), "copy");
  cuda::wait_for_all("copy");
}

cudaMemcpyKind direction(Device to, Device from) {
  if (to.is_cpu()) return from.is_cpu() ? cudaMemcpyHostToHost : cudaMemcpyDeviceToHost;
  return from.is_cpu() ? cudaMemcpyHostToDevice : cudaMemcpyDeviceToDevice;
}

}  // namespace

std::size_t cuda::bytes_in_use() noexcept { return memories().bytes_in_use(); }

void* cuda::allocate_apart(std::size_t bytes) {
  void* block = allocate(bytes);
  if (block != nullptr) return block;
  memories().in_use().pool.release();
  block = allocate(bytes);
  if (block == nullptr) no_room(bytes);
  return block;
}

void cuda::free_apart(void* block, std::size_t bytes) noexcept { free_block(block, bytes); }

void* cuda::take_shared(std::size_t bytes) {
  void* block = memories().in_use().pool.take(bytes);
  if (block == nullptr) no_room(bytes);
  return block;
}

void cuda::give_back_shared(void* block, std::size_t bytes) { memories().of_block(block).pool.give_back(block, bytes); }

void limit_cuda_memory(std::size_t bytes) noexcept { memories().in_use().limit = bytes; }

std::size_t cuda_memory_peak() noexcept { return memories().peak(); }

int device_number() noexcept { return cuda_device_in_use(); }

void* device_allocate(std::size_t bytes) {
  cuda::stream();  // selects the device or throws
  void* block = nullptr;
  if (!cuda::take_captured(bytes, block)) block = cuda::take_shared(bytes);
  memories().in_use().in_use += bytes;
  return block;
}

void device_free(void* block, std::size_t bytes) noexcept {
  Memory& memory = memories().of_block(block);
  memory.in_use -= bytes;
  if (!cuda::give_back_captured(block, bytes)) memory.pool.give_back(block, bytes);
}

void device_copy(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes) {
  if (cuda::copy_captured(to, to_device, from, from_device, bytes)) return;
  if (to_device.is_cuda() && from_device.is_cuda() && to_device != from_device) {
    copy_between(to, to_device, from, from_device, bytes);
    return;
  }
  cuda::check(cudaMemcpyAsync(to, from, bytes, direction(to_device, from_device), cuda::stream()), "copy");
  if (to_device.is_cpu() || from_device.is_cpu()) cuda::wait_for_all("copy");
}

void device_zero(void* at, std::size_t bytes) { cuda::check(cudaMemsetAsync(at, 0, bytes, cuda::stream()), "zero"); }

void device_release() noexcept {
  cuda::release_stream_slots();
  memories().in_use().pool.release();
}

}  // namespace mercer
