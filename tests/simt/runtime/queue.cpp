#include "simt/runtime/queue.hpp"

#include <set>

#include "simt/machine/fault.hpp"
#include "simt/runtime/api.hpp"
#include "simt/runtime/device.hpp"
#include "simt/runtime/memory.hpp"
#include "simt/runtime/status.hpp"

struct CUstream_st {
  int device;
};

namespace simt {
namespace {
std::set<cudaStream_t> streams;
}

void enqueue(cudaStream_t, std::function<void()> work) {
  const OpenMemory open;
  work();
}
void finish(cudaStream_t) {}
void finish_all() {}
int device_of(cudaStream_t stream) { return stream == nullptr ? current_device() : stream->device; }
std::string list_handles() { return streams.empty() ? "" : "\n  " + std::to_string(streams.size()) + " streams"; }
void reset_queue() {
  for (const cudaStream_t stream : streams)
    delete stream;
  streams.clear();
}
}  // namespace simt

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  if (const cudaError_t status = simt::enter(simt::Call::create)) return status;
  *stream = new CUstream_st{simt::current_device()};
  simt::streams.insert(*stream);
  return cudaSuccess;
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  if (const cudaError_t status = simt::enter(simt::Call::release)) return status;
  if (simt::streams.erase(stream) == 0) throw simt::Fault("cudaStreamDestroy: no such stream");
  delete stream;
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t) { return simt::enter(simt::Call::synchronize); }
cudaError_t cudaDeviceSynchronize() { return simt::enter(simt::Call::synchronize); }
