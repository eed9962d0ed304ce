#include "simt/runtime/api.hpp"
#include "simt/runtime/device.hpp"
#include "simt/runtime/memory.hpp"
#include "simt/runtime/status.hpp"
#include "simt/runtime/stream.hpp"

namespace simt {
namespace {

cudaError_t allocate_on(int device, void** memory, std::size_t bytes) {
  *memory = nullptr;
  if (bytes == 0) return cudaSuccess;
  *memory = allocate_device(device, bytes);
  return answer(*memory == nullptr ? cudaErrorMemoryAllocation : cudaSuccess);
}

}  // namespace
}  // namespace simt

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::allocate)) return status;
  if (const cudaError_t status = simt::refuse_while_capturing()) return status;
  return simt::allocate_on(simt::current_device(), memory, bytes);
}

cudaError_t cudaMallocAsync(void** memory, std::size_t bytes, cudaStream_t stream) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::allocate)) return status;
  const CUstream_st& target = simt::stream_of(stream);
  if (target.capture) return simt::answer(cudaErrorNotSupported);  // memory that a graph owns
  return simt::allocate_on(target.device, memory, bytes);
}

cudaError_t cudaFree(void* memory) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::release)) return status;
  if (memory == nullptr) return cudaSuccess;
  if (const cudaError_t status = simt::refuse_while_capturing()) return status;
  simt::queue().run_all_quietly();
  simt::release_device(memory);
  return cudaSuccess;
}

cudaError_t cudaFreeAsync(void* memory, cudaStream_t stream) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::release)) return status;
  if (memory == nullptr) return cudaSuccess;
  simt::require_device_range(memory, 0, "argument of cudaFreeAsync");
  CUstream_st& target = simt::stream_of(stream);
  if (target.capture) return simt::answer(cudaErrorNotSupported);  // memory that a graph owns
  simt::enqueue(target, [memory] { simt::release_device(memory); });
  return cudaSuccess;
}

cudaError_t cudaMallocHost(void** memory, std::size_t bytes) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::allocate)) return status;
  if (const cudaError_t status = simt::refuse_while_capturing()) return status;
  *memory = bytes == 0 ? nullptr : simt::allocate_host(bytes);
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* memory) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::release)) return status;
  if (memory == nullptr) return cudaSuccess;
  if (const cudaError_t status = simt::refuse_while_capturing()) return status;
  simt::queue().run_all_quietly();
  simt::release_host(memory);
  return cudaSuccess;
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* memory) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  *attributes = {cudaMemoryTypeUnregistered, -1, nullptr, const_cast<void*>(memory)};
  const simt::Allocation* allocation = simt::find_allocation(memory);
  if (allocation == nullptr || !allocation->covers(memory, 1)) return cudaSuccess;
  if (allocation->device < 0) {
    *attributes = {cudaMemoryTypeHost, simt::current_device(), const_cast<void*>(memory), const_cast<void*>(memory)};
  } else {
    *attributes = {cudaMemoryTypeDevice, allocation->device, const_cast<void*>(memory), nullptr};
  }
  return cudaSuccess;
}
