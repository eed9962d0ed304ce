#include <cstring>
#include <vector>

#include "simt/machine/fault.hpp"
#include "simt/runtime/api.hpp"
#include "simt/runtime/memory.hpp"
#include "simt/runtime/status.hpp"
#include "simt/runtime/stream.hpp"

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

bool is_page_locked(const void* memory) {
  const Allocation* allocation = find_allocation(memory);
  return allocation != nullptr && allocation->device < 0;
}

struct Copy {
  void* to;
  const void* from;
  std::size_t bytes;
  bool to_device, from_device;
};

Copy copy_of(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  if (kind == cudaMemcpyDefault) return {to, from, bytes, on_device(to), on_device(from)};
  return {to, from, bytes, kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice,
          kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice};
}

// Pageable sources are read while the caller waits, page-locked ones when the stream gets there.
std::function<void()> action_of(const Copy& copy, bool captured) {
  if (captured || copy.from_device || is_page_locked(copy.from)) {
    return [copy] { std::memmove(copy.to, copy.from, copy.bytes); };
  }
  const auto* first = static_cast<const char*>(copy.from);
  return [to = copy.to, staged = std::vector<char>(first, first + copy.bytes)] {
    std::memcpy(to, staged.data(), staged.size());
  };
}

// Pageable targets are filled before the call returns.
bool waits_for_target(const Copy& copy) { return !copy.to_device && !is_page_locked(copy.to); }

cudaError_t hand_over(const Copy& copy, cudaStream_t handle, bool caller_waits) {
  if (const cudaError_t status = enter(Call::copy)) return status;
  CUstream_st& stream = stream_of(handle);
  if (const cudaError_t status = refuse_implicit(stream)) return status;
  if (copy.bytes == 0) return cudaSuccess;
  check_side(copy.to, copy.bytes, copy.to_device, "target of a copy");
  check_side(copy.from, copy.bytes, copy.from_device, "source of a copy");
  const WorkPtr work = enqueue(stream, action_of(copy, stream.capture != nullptr));
  if (!stream.capture && (caller_waits || waits_for_target(copy))) queue().run_until(work);
  return cudaSuccess;
}

}  // namespace
}  // namespace simt

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  const simt::Turn turn;
  return simt::hand_over(simt::copy_of(to, from, bytes, kind), nullptr, true);
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  const simt::Turn turn;
  return simt::hand_over(simt::copy_of(to, from, bytes, kind), stream, false);
}

cudaError_t cudaMemcpyPeerAsync(void* to, int to_device, const void* from, int from_device, std::size_t bytes,
                                cudaStream_t stream) {
  const simt::Turn turn;
  if (bytes > 0 && (simt::require_device_range(to, bytes, "target of a copy").device != to_device ||
                    simt::require_device_range(from, bytes, "source of a copy").device != from_device)) {
    throw simt::Fault("copy between devices: memory is on another device than was said");
  }
  return simt::hand_over({to, from, bytes, true, true}, stream, false);
}

cudaError_t cudaMemset(void* memory, int value, std::size_t bytes) {
  const simt::Turn turn;
  return cudaMemsetAsync(memory, value, bytes, nullptr);
}

cudaError_t cudaMemsetAsync(void* memory, int value, std::size_t bytes, cudaStream_t stream) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::copy)) return status;
  CUstream_st& target = simt::stream_of(stream);
  if (const cudaError_t status = simt::refuse_implicit(target)) return status;
  if (bytes == 0) return cudaSuccess;
  simt::require_device_range(memory, bytes, "target of cudaMemset");
  simt::enqueue(target, [=] { std::memset(memory, value, bytes); });
  return cudaSuccess;
}
