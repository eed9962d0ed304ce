#include "simt/runtime/device.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "simt/machine/block.hpp"
#include "simt/runtime/api.hpp"
#include "simt/runtime/memory.hpp"
#include "simt/runtime/status.hpp"

namespace simt {
namespace {

std::vector<std::size_t> devices{std::size_t{1} << 30};
int current = 0;

bool exists(int device) { return device >= 0 && device < device_count(); }

}  // namespace

std::size_t device_bytes(int device) { return devices[static_cast<std::size_t>(device)]; }
int device_count() { return static_cast<int>(devices.size()); }
int current_device() { return current; }

void set_devices(const std::vector<std::size_t>& bytes) {
  devices = bytes;
  current = 0;
}

}  // namespace simt

cudaError_t cudaGetDeviceCount(int* count) {
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  *count = simt::device_count();
  return simt::answer(*count > 0 ? cudaSuccess : cudaErrorNoDevice);
}

cudaError_t cudaSetDevice(int device) {
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  if (!simt::exists(device)) return simt::answer(cudaErrorInvalidDevice);
  simt::current = device;
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int* device) {
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  *device = simt::current;
  return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int* version) {
  *version = simt::config().driver;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = simt::runtime_version;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
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
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  if (!simt::exists(device) || !simt::exists(peer)) return simt::answer(cudaErrorInvalidDevice);
  *can = 0;  // copies between devices work; a kernel sees its own device alone
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  *total = simt::device_bytes(simt::current);
  *free = *total - simt::device_bytes_in_use(simt::current);
  return cudaSuccess;
}
