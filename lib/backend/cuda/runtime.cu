#include "backend/cuda/runtime.hpp"

#include <string>
#include <utility>

#include "backend/cuda/memory.hpp"
#include "base/device_memory.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace cuda {
namespace {

/// The device in use and its one stream, made when first asked for.
struct Context {
  int device = 0;
  cudaStream_t stream = nullptr;
};

Context& context() {
  static Context the;
  return the;
}

/// How many devices there are, or what CUDA says instead.
struct Count {
  int devices = 0;
  cudaError_t status;

  Count() noexcept : status(cudaGetDeviceCount(&devices)) {
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
  cudaGetLastError();  // what can be forgotten is: the next call is asked for its own mistakes
  throw DeviceError("[" + std::string(op) + "] CUDA: " + cudaGetErrorString(status) + " (" + cudaGetErrorName(status) +
                    ")");
}

cudaStream_t stream() {
  Context& of = context();
  if (of.stream == nullptr) {
    check_device(of.device);
    check(cudaSetDevice(of.device), "device");
    check(cudaStreamCreateWithFlags(&of.stream, cudaStreamNonBlocking), "stream");
  }
  return of.stream;
}

void close() {
  Context& of = context();
  if (of.stream == nullptr) return;
  device_release();
  check(cudaStreamDestroy(std::exchange(of.stream, nullptr)), "device");
}

void wait_for_all(const char* op) { check(cudaStreamSynchronize(stream()), op); }

}  // namespace cuda

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

int cuda_device_in_use() noexcept { return cuda::context().device; }

void use_cuda_device(int device) {
  cuda::check_device(device);
  cuda::Context& of = cuda::context();
  if (of.stream != nullptr && of.device == device) return;
  if (cuda::bytes_in_use() > 0)
    throw DeviceError("[device] CUDA device " + std::to_string(device) + ": tensors on device " +
                      std::to_string(of.device) + " are still alive");
  cuda::close();
  of.device = device;
}

}  // namespace mercer
