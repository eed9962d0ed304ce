#include "backend/cuda/memory.hpp"

#include <atomic>
#include <string>

#include "backend/cuda/runtime.hpp"
#include "base/block_pool.hpp"
#include "base/device_memory.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

std::atomic<std::size_t> in_use{0};

/// Null when the device is full; everything else that goes wrong is no matter of room.
void* allocate(std::size_t bytes) {
  void* block = nullptr;
  const cudaError_t status = cudaMalloc(&block, bytes);
  if (status != cudaErrorMemoryAllocation) {
    cuda::check(status, "allocate");
    return block;
  }
  cudaGetLastError();
  return nullptr;
}

void free_block(void* block) {
  if (cudaFree(block) != cudaSuccess) cudaGetLastError();  // a destructor has nobody to tell
}

/// One pool for one stream: work on a block that was given back is done before work on it that comes later.
/// Never destroyed: buffers of static lifetime may outlive any static pool.
BlockPool& pool() {
  static auto* the = new BlockPool(allocate, free_block, ~std::size_t{0});
  return *the;
}

std::string in_words(std::size_t bytes) {
  const bool few = bytes < std::size_t{10} << 20;
  return few ? std::to_string(bytes >> 10) + " KiB" : std::to_string(bytes >> 20) + " MiB";
}

[[noreturn]] void no_room(std::size_t bytes) {
  std::size_t free = 0, total = 0;
  if (cudaMemGetInfo(&free, &total) != cudaSuccess) cudaGetLastError();
  throw DeviceError("[allocate] CUDA: out of memory (cudaErrorMemoryAllocation): " + in_words(bytes) +
                    " more wanted, " + in_words(free) + " of " + in_words(total) + " free, " + in_words(in_use) +
                    " in use here");
}

cudaMemcpyKind direction(Device to, Device from) {
  if (to == Device::cpu) return from == Device::cpu ? cudaMemcpyHostToHost : cudaMemcpyDeviceToHost;
  return from == Device::cpu ? cudaMemcpyHostToDevice : cudaMemcpyDeviceToDevice;
}

}  // namespace

std::size_t cuda::bytes_in_use() noexcept { return in_use; }

void* device_allocate(std::size_t bytes) {
  cuda::stream();  // the device, or why there is none
  void* block = pool().take(bytes);
  if (block == nullptr) no_room(bytes);
  in_use += bytes;
  return block;
}

void device_free(void* block, std::size_t bytes) noexcept {
  in_use -= bytes;
  pool().give_back(block, bytes);
}

void device_copy(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes) {
  cuda::check(cudaMemcpyAsync(to, from, bytes, direction(to_device, from_device), cuda::stream()), "copy");
  if (to_device == Device::cpu || from_device == Device::cpu) cuda::wait_for_all("copy");
}

void device_zero(void* at, std::size_t bytes) { cuda::check(cudaMemsetAsync(at, 0, bytes, cuda::stream()), "zero"); }

void device_release() noexcept { pool().release(); }

}  // namespace mercer
