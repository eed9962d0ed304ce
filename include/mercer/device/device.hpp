#pragma once

#include <cstddef>
#include <string>

namespace mercer {

/// The number of CUDA devices that this build can use on this machine; 0 without a CUDA backend, driver or device.
int cuda_devices() noexcept;
inline bool cuda_available() noexcept { return cuda_devices() > 0; }

/// One line: the number of devices, or why there is none.
std::string cuda_description();

/// Name, memory, processors and compute capability of one device. Throws DeviceError when the device doesn't exist.
std::string cuda_description(int device);

/// One line: the version of cuBLAS that multiplies matrices on the device in use, or why mercer's own kernel does.
std::string cublas_description();

/// One line: the version of NCCL that connects several devices (see run_ranks), or how they exchange without NCCL.
/// Throws DeviceError in a build without CUDA.
std::string nccl_description();

/// Makes this device the one that Device::cuda means, except in the threads of run_ranks, which have their own devices.
/// The default is device 0. Tensors on another device stay there, and so do results computed from them. Throws
/// DeviceError when the device doesn't exist.
void use_cuda_device(int device);
int cuda_device_in_use() noexcept;  // on this thread

/// Limits the memory of the device in use to `bytes`, kept blocks included; an allocation beyond throws
/// DeviceMemoryError. 0 means no limit and is the default.
void limit_cuda_memory(std::size_t bytes) noexcept;

/// The most bytes that this program took of all devices together, kept blocks included; 0 without a device.
std::size_t cuda_memory_peak() noexcept;

}  // namespace mercer
