#pragma once

#include <cuda_runtime.h>

/// The CUDA runtime's status codes end here, and so do its streams.
namespace mercer::cuda {

/// Throws DeviceError `[op] CUDA: what (name of the code)` unless the call succeeded.
void check(cudaError_t status, const char* op);

/// No more devices than that are used.
constexpr int most_devices = 64;

/// The stream of all work on the device in use; in order, so that an operator's result is there for the next. Threads
/// that use one device share it.
cudaStream_t stream();

/// Gives back the streams and what freed blocks left behind; the next call starts anew. Nothing may be in use, and no
/// other thread at work.
void close();

/// Waits until everything on the stream is done; throws what a kernel ended with.
void wait_for_all(const char* op);

}  // namespace mercer::cuda
