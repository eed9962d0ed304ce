#include "backend/cuda/runtime/runtime.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "backend/cuda/runtime/memory.hpp"
#include "backend/peers.hpp"
#include "base/device_memory.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace cuda {
namespace {

/// The single stream of each device, created on first use.
std::array<std::atomic<cudaStream_t>, most_devices> streams{};
std::mutex opening;

std::atomic<int> chosen{0};        // set by use_cuda_device
thread_local int own_device = -1;  // the device of this thread only; −1: the chosen one
thread_local int selected = -1;    // the last argument of cudaSetDevice on this thread

/// The number of devices, or CUDA's error.
struct Count {
  int devices = 0;
  cudaError_t status;

  Count() noexcept : status(cudaGetDeviceCount(&devices)) {
    devices = std::min(devices, most_devices);
    if (status == cudaSuccess) return;
    cudaGetLastError();
    devices = 0;
  }
};

std::string version(int code) { return std::to_string(code / 1000) + "." + std::to_string(code % 1000 / 10); }

std::string why_none(cudaError_t status) {
  int driver = 0, runtime = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  if (driver == 0) return "none: no NVIDIA driver on this machine (this build uses CUDA " + version(runtime) + ")";
  if (driver / 1000 < runtime / 1000)
    return "none: the driver knows CUDA " + version(driver) + ", this build wants " + version(runtime) +
           ": a newer driver helps";
  if (status == cudaErrorNoDevice || status == cudaSuccess) return "none: a driver, but no device that it can see";
  return std::string("none: ") + cudaGetErrorString(status) + " (" + cudaGetErrorName(status) + ")";
}

void check_device(int device) {
  const auto [devices, status] = Count();
  if (devices == 0) throw DeviceError("[device] CUDA devices: " + why_none(status));
  if (device < 0 || device >= devices)
    throw DeviceError("[device] CUDA device " + std::to_string(device) + ": there " +
                      (devices == 1 ? "is 1, number 0" : "are " + std::to_string(devices) + ", from 0"));
}

}  // namespace

void check(cudaError_t status, const char* op) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // clears the error, so that the next call doesn't report it
  throw DeviceError("[" + std::string(op) + "] CUDA: " + cudaGetErrorString(status) + " (" + cudaGetErrorName(status) +
                    ")");
}

cudaStream_t stream() {
  const int device = cuda_device_in_use();
  std::atomic<cudaStream_t>& made = streams[static_cast<std::size_t>(device)];
  cudaStream_t mine = made;
  if (mine == nullptr) check_device(device);
  if (std::exchange(selected, -1) != device) check(cudaSetDevice(device), "device");
  selected = device;
  if (mine != nullptr) return mine;
  const std::scoped_lock lock(opening);
  if (made == nullptr) {
    check(cudaStreamCreateWithFlags(&mine, cudaStreamNonBlocking), "stream");
    made = mine;
  }
  return made;
}

void close() {
  const int before = own_device;
  cudaError_t status = cudaSuccess;
  for (int device = 0; device < most_devices; ++device) {
    std::atomic<cudaStream_t>& made = streams[static_cast<std::size_t>(device)];
    if (made == nullptr) continue;
    own_device = device;
    device_release();
    const cudaError_t ended = cudaStreamDestroy(made.exchange(nullptr));
    if (status == cudaSuccess) status = ended;
  }
  own_device = before;
  selected = -1;
  check(status, "device");
}

void wait_for_all(const char* op) { check(cudaStreamSynchronize(stream()), op); }

}  // namespace cuda

ThreadDevice::ThreadDevice(int device) : before_(cuda::own_device) {
  cuda::check_device(device);
  cuda::own_device = device;
}

ThreadDevice::~ThreadDevice() { cuda::own_device = before_; }

int cuda_devices() noexcept { return cuda::Count().devices; }

std::string cuda_description() {
  const auto [devices, status] = cuda::Count();
  if (devices == 0) return cuda::why_none(status);
  return std::to_string(devices) + (devices == 1 ? " device" : " devices");
}

std::string cuda_description(int device) {
  cuda::check_device(device);
  cudaDeviceProp is{};
  cuda::check(cudaGetDeviceProperties(&is, device), "device");
  return std::string(is.name) + ", " + std::to_string(is.totalGlobalMem >> 20) + " MiB, " +
         std::to_string(is.multiProcessorCount) + " multiprocessors, compute capability " + std::to_string(is.major) +
         "." + std::to_string(is.minor);
}

int cuda_device_in_use() noexcept { return cuda::own_device >= 0 ? cuda::own_device : cuda::chosen.load(); }

void use_cuda_device(int device) {
  cuda::check_device(device);
  cuda::chosen = device;
}

}  // namespace mercer
