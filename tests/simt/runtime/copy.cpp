#include <cstring>
#include <vector>

#include "simt/machine/fault.hpp"
#include "simt/runtime/api.hpp"
#include "simt/runtime/device.hpp"
#include "simt/runtime/memory.hpp"
#include "simt/runtime/queue.hpp"
#include "simt/runtime/status.hpp"

namespace simt {
namespace {

bool on_device(const void* memory) {
  const Allocation* allocation = find_allocation(memory);
  return allocation != nullptr && allocation->device >= 0;
}

void check_side(const void* memory, std::size_t bytes, bool device_side, const std::string& what) {
  if (device_side) {
    require_device_range(memory, bytes, what);
  } else if (on_device(memory)) {
    throw Fault(what + " is device memory, the copy's kind says host");
  }
}

struct Sides {
  bool from_device, to_device;
};

Sides sides_of(const void* to, const void* from, cudaMemcpyKind kind) {
  if (kind == cudaMemcpyDefault) return {on_device(from), on_device(to)};
  return {kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice,
          kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice};
}

cudaError_t copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  if (const cudaError_t status = enter(Call::copy)) return status;
  if (bytes == 0) return cudaSuccess;
  const Sides sides = sides_of(to, from, kind);
  check_side(to, bytes, sides.to_device, "target of a copy");
  check_side(from, bytes, sides.from_device, "source of a copy");
  enqueue(stream, [=] { std::memmove(to, from, bytes); });
  return cudaSuccess;
}

}  // namespace
}  // namespace simt

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  const cudaError_t status = simt::copy(to, from, bytes, kind, nullptr);
  if (status == cudaSuccess) simt::finish(nullptr);
  return status;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  return simt::copy(to, from, bytes, kind, stream);
}

cudaError_t cudaMemcpyPeerAsync(void* to, int to_device, const void* from, int from_device, std::size_t bytes,
                                cudaStream_t stream) {
  if (bytes > 0 && (simt::require_device_range(to, bytes, "target of a copy").device != to_device ||
                    simt::require_device_range(from, bytes, "source of a copy").device != from_device)) {
    throw simt::Fault("copy between devices: memory is on another device than was said");
  }
  return simt::copy(to, from, bytes, cudaMemcpyDeviceToDevice, stream);
}

cudaError_t cudaMemset(void* memory, int value, std::size_t bytes) {
  return cudaMemsetAsync(memory, value, bytes, nullptr);
}

cudaError_t cudaMemsetAsync(void* memory, int value, std::size_t bytes, cudaStream_t stream) {
  if (const cudaError_t status = simt::enter(simt::Call::copy)) return status;
  if (bytes == 0) return cudaSuccess;
  simt::require_device_range(memory, bytes, "target of cudaMemset");
  simt::enqueue(stream, [=] { std::memset(memory, value, bytes); });
  return cudaSuccess;
}
