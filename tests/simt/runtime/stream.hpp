#pragma once
// The runtime's streams, events, captures and graphs.

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
  std::vector<WorkPtr> nodes;  // in an order that respects the dependencies
  bool invalid = false;
};

}  // namespace simt

struct CUstream_st {
  int device;
  bool blocking;  // synchronises with the device's default stream
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

/// The stream of a handle; nullptr means the device's default stream. Throws Fault for a destroyed stream.
CUstream_st& stream_of(cudaStream_t handle);

/// Adds work to the queue, or to the graph while the stream captures.
WorkPtr enqueue(CUstream_st& stream, std::function<void()> action, std::vector<WorkPtr> after = {});
/// The status of a call that gives work to `stream` during a capture.
cudaError_t refuse_implicit(const CUstream_st& stream);
/// The status of a call that waits or allocates during a capture.
cudaError_t refuse_while_capturing();

/// Ends the capture for all streams that had joined it.
void leave_capture(const std::shared_ptr<Capture>& capture);

/// One line for each kind of handle that still exists; empty when there is none.
std::string list_streams();
std::string list_events();
std::string list_graphs();
void reset_streams();
void reset_events();
void reset_graphs();

}  // namespace simt
