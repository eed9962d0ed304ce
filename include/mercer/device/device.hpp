#pragma once

#include <cstddef>
#include <string>

namespace mercer {

/// How many CUDA devices this build can use on this machine; 0 without a CUDA backend, a driver or a device.
int cuda_devices() noexcept;
inline bool cuda_available() noexcept { return cuda_devices() > 0; }

/// In one line how many devices there are, or why there is none.
std::string cuda_description();

/// Name, memory, processors and compute capability of one device. Throws DeviceError when there is no such.
std::string cuda_description(int device);

/// In one line which cuBLAS multiplies matrices on the device in use, or why mercer's own kernel does.
std::string cublas_description();

/// In one line which NCCL joins several devices (see run_ranks), or how they exchange without. Throws DeviceError in a
/// build without CUDA.
std::string nccl_description();

/// Tensors of Device::cuda are made on this device from now on, but for the threads of run_ranks, each of which has one
/// of its own; the first is the default. Throws DeviceError when there is no such device, or when tensors on another
/// are still alive.
void use_cuda_device(int device);
int cuda_device_in_use() noexcept;  // on this thread

/// Takes no more than so many bytes of the device in use from now on, what is kept for later included: who asks for
/// more gets DeviceMemoryError. 0: as many as there are, the default.
void limit_cuda_memory(std::size_t bytes) noexcept;

}  // namespace mercer
