#include "backend/peers.hpp"

#include <set>
#include <utility>

#include "backend/cuda/runtime/launch.cuh"
#include "backend/cuda/runtime/runtime.hpp"
#include "backend/dense_ops.hpp"
#include "mercer/device/device.hpp"

namespace mercer::cuda {
namespace {

class EventMark : public Mark {
 public:
  EventMark() {
    stream();  // selects the device or throws
    check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "exchange");
  }
  EventMark(const EventMark&) = delete;
  EventMark& operator=(const EventMark&) = delete;
  ~EventMark() override {
    if (cudaEventDestroy(event_) != cudaSuccess) cudaGetLastError();  // a destructor can't report it
  }

  void set() override { check(cudaEventRecord(event_, stream()), "exchange"); }
  void wait_for() const override { check(cudaStreamWaitEvent(stream(), event_, 0), "exchange"); }

 private:
  cudaEvent_t event_ = nullptr;
};

/// Enables direct copies between two devices if the hardware can; once for each thread.
void reach(int device, int peer) {
  thread_local std::set<std::pair<int, int>> asked;
  if (device == peer || !asked.emplace(device, peer).second) return;
  int can = 0;
  check(cudaDeviceCanAccessPeer(&can, device, peer), "exchange");
  if (can == 0) return;
  const cudaError_t status = cudaDeviceEnablePeerAccess(peer, 0);
  if (status == cudaErrorPeerAccessAlreadyEnabled)
    cudaGetLastError();
  else
    check(status, "exchange");
}

}  // namespace

void take_rows(const Real* x, const Node* row, View y) {
  const Index columns = y.columns;
  for_each_entry("exchange", y.rows, columns, [=] MERCER_HD(Index i, Index c) { y(i, c) = x[row[i] * columns + c]; });
}

std::unique_ptr<Mark> new_mark() { return std::make_unique<EventMark>(); }

void copy_from_device(void* to, const void* from, int from_device, std::size_t bytes) {
  if (bytes == 0) return;
  const int device = cuda_device_in_use();
  const cudaStream_t in_order = stream();  // also selects the device
  reach(device, from_device);
  check(cudaMemcpyPeerAsync(to, device, from, from_device, bytes, in_order), "exchange");
}

}  // namespace mercer::cuda
