#pragma once
// Work handed to streams.

#include <functional>
#include <string>

#include "simt/runtime/driver_types.hpp"

namespace simt {

void enqueue(cudaStream_t stream, std::function<void()> work);
/// Until all that was handed to the stream is done.
void finish(cudaStream_t stream);
void finish_all();
int device_of(cudaStream_t stream);

std::string list_handles();
void reset_queue();

}  // namespace simt
