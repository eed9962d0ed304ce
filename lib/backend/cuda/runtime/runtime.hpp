#pragma once

#include <cuda_runtime.h>

/// The CUDA runtime's status codes and streams; no other file handles them.
namespace mercer::cuda {

/// Throws DeviceError `[op] CUDA: what (name of the code)` unless the call succeeded.
void check(cudaError_t status, const char* op);

/// The largest number of devices in use.
constexpr int most_devices = 64;

/// The stream of all work on the device in use. It is in order: an operator sees the results of earlier ones. Threads
/// that use one device share it.
cudaStream_t stream();

/// Destroys the streams and frees the kept blocks; the next call creates new ones. No device memory may be in use and
/// no other thread may run.
void close();

/// Waits until all work on the stream is done; throws DeviceError when a kernel failed.
void wait_for_all(const char* op);

}  // namespace mercer::cuda
