#include "backend/cuda/memory.hpp"

#include <atomic>
#include <string>

#include "backend/cuda/capture.hpp"
#include "backend/cuda/runtime.hpp"
#include "backend/cuda/stream_slots.hpp"
#include "base/block_pool.hpp"
#include "base/device_memory.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace {

std::atomic<std::size_t> in_use{0}, taken{0}, limit{0};

/// Null when the device is full, or full enough; everything else that goes wrong is no matter of room.
void* allocate(std::size_t bytes) {
  void* block = nullptr;
  if (limit != 0 && taken + bytes > limit) return block;
  const cudaError_t status = cudaMalloc(&block, bytes);
  if (status != cudaErrorMemoryAllocation) {
    cuda::check(status, "allocate");
    taken += bytes;
    return block;
  }
  cudaGetLastError();
  return nullptr;
}

void free_block(void* block, std::size_t bytes) {
  taken -= bytes;
  if (cudaFree(block) != cudaSuccess) cudaGetLastError();  // a destructor has nobody to tell
}

/// One pool for one stream: work on a block that was given back is done before work on it that comes later.
/// Never destroyed: buffers of static lifetime may outlive any static pool.
BlockPool& pool() {
  static auto* the = new BlockPool(allocate, free_block, BlockPool::unless_sanitized(~std::size_t{0}));
  return *the;
}

std::string in_words(std::size_t bytes) {
  constexpr std::size_t KiB = 1 << 10, MiB = KiB << 10;
  return bytes < 10 * MiB ? std::to_string((bytes + KiB - 1) / KiB) + " KiB" : std::to_string(bytes / MiB) + " MiB";
}

[[noreturn]] void no_room(std::size_t bytes) {
  std::size_t free = 0, total = 0;
  if (cudaMemGetInfo(&free, &total) != cudaSuccess) cudaGetLastError();
  throw DeviceMemoryError("[allocate] CUDA: out of memory (cudaErrorMemoryAllocation): " + in_words(bytes) +
                          " more wanted, " + in_words(free) + " of " + in_words(total) + " free, " + in_words(in_use) +
                          " in use here" + (limit == 0 ? "" : ", limited to " + in_words(limit)));
}

cudaMemcpyKind direction(Device to, Device from) {
  if (to == Device::cpu) return from == Device::cpu ? cudaMemcpyHostToHost : cudaMemcpyDeviceToHost;
  return from == Device::cpu ? cudaMemcpyHostToDevice : cudaMemcpyDeviceToDevice;
}

}  // namespace

std::size_t cuda::bytes_in_use() noexcept { return in_use; }

void* cuda::allocate_apart(std::size_t bytes) {
  void* block = allocate(bytes);
  if (block != nullptr) return block;
  pool().release();
  block = allocate(bytes);
  if (block == nullptr) no_room(bytes);
  return block;
}

void cuda::free_apart(void* block, std::size_t bytes) noexcept { free_block(block, bytes); }

void* cuda::take_shared(std::size_t bytes) {
  void* block = pool().take(bytes);
  if (block == nullptr) no_room(bytes);
  return block;
}

void cuda::give_back_shared(void* block, std::size_t bytes) { pool().give_back(block, bytes); }

void limit_cuda_memory(std::size_t bytes) noexcept { limit = bytes; }

void* device_allocate(std::size_t bytes) {
  cuda::stream();  // the device, or why there is none
  void* block = nullptr;
  if (!cuda::take_captured(bytes, block)) block = cuda::take_shared(bytes);
  in_use += bytes;
  return block;
}

void device_free(void* block, std::size_t bytes) noexcept {
  in_use -= bytes;
  if (!cuda::give_back_captured(block, bytes)) pool().give_back(block, bytes);
}

void device_copy(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes) {
  if (cuda::copy_captured(to, to_device, from, from_device, bytes)) return;
  cuda::check(cudaMemcpyAsync(to, from, bytes, direction(to_device, from_device), cuda::stream()), "copy");
  if (to_device == Device::cpu || from_device == Device::cpu) cuda::wait_for_all("copy");
}

void device_zero(void* at, std::size_t bytes) { cuda::check(cudaMemsetAsync(at, 0, bytes, cuda::stream()), "zero"); }

void device_release() noexcept {
  cuda::release_stream_slots();
  pool().release();
}

}  // namespace mercer
