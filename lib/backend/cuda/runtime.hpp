#pragma once

#include <cuda_runtime.h>

/// The CUDA runtime's status codes end here, and so do its streams.
namespace mercer::cuda {

/// Throws DeviceError `[op] CUDA: what (name of the code)` unless the call succeeded.
void check(cudaError_t status, const char* op);

/// The stream of all work; in order, so that an operator's result is there for the next.
cudaStream_t stream();

/// Gives back the stream and what freed blocks left behind; the next call starts anew. Nothing may be in use.
void close();

/// Waits until everything on the stream is done; throws what a kernel ended with.
void wait_for_all(const char* op);

}  // namespace mercer::cuda
