#include "simt/runtime/device.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <utility>

#include "simt/machine/block.hpp"
#include "simt/runtime/api.hpp"
#include "simt/runtime/memory.hpp"
#include "simt/runtime/status.hpp"

namespace simt {
namespace {

std::vector<std::size_t> devices{std::size_t{1} << 30};
thread_local int current = 0;
std::set<std::pair<int, int>> reached;  // (device, peer) whose access was enabled

bool exists(int device) { return device >= 0 && device < device_count(); }

}  // namespace

std::size_t device_bytes(int device) { return devices[static_cast<std::size_t>(device)]; }
int device_count() { return static_cast<int>(devices.size()); }
int current_device() { return current; }

void set_devices(const std::vector<std::size_t>& bytes) {
  devices = bytes;
  current = 0;
  reached.clear();
}

}  // namespace simt

cudaError_t cudaGetDeviceCount(int* count) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  *count = simt::device_count();
  return simt::answer(*count > 0 ? cudaSuccess : cudaErrorNoDevice);
}

cudaError_t cudaSetDevice(int device) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  if (!simt::exists(device)) return simt::answer(cudaErrorInvalidDevice);
  simt::current = device;
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int* device) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  *device = simt::current;
  return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int* version) {
  const simt::Turn turn;
  *version = simt::config().driver;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  const simt::Turn turn;
  *version = simt::runtime_version;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  if (!simt::exists(device)) return simt::answer(cudaErrorInvalidDevice);
  *properties = {};
  std::strcpy(properties->name, "SIMT machine on the CPU");
  properties->totalGlobalMem = simt::device_bytes(device);
  properties->sharedMemPerBlock = simt::shared_bytes_by_default;
  properties->sharedMemPerBlockOptin = simt::shared_bytes_at_most;
  properties->sharedMemPerMultiprocessor = simt::shared_bytes_at_most + 1024;
  properties->warpSize = warpSize;
  properties->maxThreadsPerBlock = simt::max_block_threads;
  std::ranges::copy(std::array{1024, 1024, 64}, properties->maxThreadsDim);
  std::ranges::copy(std::array{2147483647, 65535, 65535}, properties->maxGridSize);
  properties->major = 9;
  properties->minor = 0;
  properties->multiProcessorCount = 4;
  properties->l2CacheSize = 1 << 20;
  properties->maxThreadsPerMultiProcessor = 2048;
  properties->memoryPoolsSupported = 1;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  const simt::Turn turn;
  cudaDeviceProp properties;
  if (const cudaError_t status = cudaGetDeviceProperties(&properties, device)) return status;
  switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock:
      *value = properties.maxThreadsPerBlock;
      break;
    case cudaDevAttrMaxSharedMemoryPerBlock:
      *value = static_cast<int>(properties.sharedMemPerBlock);
      break;
    case cudaDevAttrWarpSize:
      *value = properties.warpSize;
      break;
    case cudaDevAttrMultiProcessorCount:
      *value = properties.multiProcessorCount;
      break;
    case cudaDevAttrL2CacheSize:
      *value = properties.l2CacheSize;
      break;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
      *value = properties.maxThreadsPerMultiProcessor;
      break;
    case cudaDevAttrComputeCapabilityMajor:
      *value = properties.major;
      break;
    case cudaDevAttrComputeCapabilityMinor:
      *value = properties.minor;
      break;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
      *value = static_cast<int>(properties.sharedMemPerMultiprocessor);
      break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = static_cast<int>(properties.sharedMemPerBlockOptin);
      break;
    case cudaDevAttrMemoryPoolsSupported:
      *value = properties.memoryPoolsSupported;
      break;
    default:
      return simt::answer(cudaErrorInvalidValue);
  }
  return cudaSuccess;
}

cudaError_t cudaDeviceCanAccessPeer(int* can, int device, int peer) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  if (!simt::exists(device) || !simt::exists(peer)) return simt::answer(cudaErrorInvalidDevice);
  *can = simt::config().peers && device != peer ? 1 : 0;  // a kernel sees its own device alone either way
  return cudaSuccess;
}

cudaError_t cudaDeviceEnablePeerAccess(int peer, unsigned flags) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  if (!simt::exists(peer) || peer == simt::current) return simt::answer(cudaErrorInvalidDevice);
  if (flags != 0) return simt::answer(cudaErrorInvalidValue);
  if (!simt::config().peers) return simt::answer(cudaErrorPeerAccessUnsupported);
  const bool is_new = simt::reached.emplace(simt::current, peer).second;
  return simt::answer(is_new ? cudaSuccess : cudaErrorPeerAccessAlreadyEnabled);
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  *total = simt::device_bytes(simt::current);
  *free = *total - simt::device_bytes_in_use(simt::current);
  return cudaSuccess;
}
