#pragma once
// Streams, events, captures and graphs as the runtime keeps them.

#include <functional>
#include <string>
#include <vector>

#include "simt/runtime/driver_types.hpp"
#include "simt/runtime/queue.hpp"

namespace simt {

/// Work that is recorded instead of queued, from cudaStreamBeginCapture to cudaStreamEndCapture.
struct Capture {
  cudaStream_t origin;
  cudaStreamCaptureMode mode;
  std::vector<WorkPtr> nodes;  // each after those it depends on
  bool invalid = false;
};

}  // namespace simt

struct CUstream_st {
  int device;
  bool blocking;  // ordered with the device's default stream
  std::uint64_t track;
  std::shared_ptr<simt::Capture> capture = nullptr;
  simt::WorkPtr captured = nullptr;  // its last node in the capture
};

struct CUevent_st {
  bool timed;
  simt::WorkPtr work = nullptr;  // the mark of its last record
  std::shared_ptr<simt::Capture> capture = nullptr;
};

namespace simt {

/// The stream behind the handle; the device's default one behind nullptr. Throws Fault for one that is gone.
CUstream_st& stream_of(cudaStream_t handle);

/// Queued, or recorded while the stream captures.
WorkPtr enqueue(CUstream_st& stream, std::function<void()> action, std::vector<WorkPtr> after = {});
/// What a call that hands work to `stream` must answer while something captures.
cudaError_t refuse_implicit(const CUstream_st& stream);
/// What a call that waits or allocates must answer while something captures.
cudaError_t refuse_while_capturing();

/// Every stream that had joined runs its work again.
void leave_capture(const std::shared_ptr<Capture>& capture);

/// One line for each kind of handle that is still held; empty: none.
std::string list_streams();
std::string list_events();
std::string list_graphs();
void reset_streams();
void reset_events();
void reset_graphs();

}  // namespace simt
