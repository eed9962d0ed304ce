#include <map>

#include "simt/machine/fault.hpp"
#include "simt/runtime/api.hpp"
#include "simt/runtime/status.hpp"
#include "simt/runtime/stream.hpp"

namespace simt {
namespace {

std::map<cudaEvent_t, std::unique_ptr<CUevent_st>> events;

CUevent_st& event_of(cudaEvent_t handle) {
  const auto found = events.find(handle);
  if (found == events.end()) throw Fault("an event that was destroyed or never made");
  return *found->second;
}

cudaError_t invalidate(Capture& capture, cudaError_t status) {
  capture.invalid = true;
  return answer(status);
}

// A stream that waits for a captured event joins its capture.
cudaError_t wait_for_captured(CUstream_st& stream, const CUevent_st& event) {
  if (stream.capture && stream.capture != event.capture)
    return invalidate(*stream.capture, cudaErrorStreamCaptureMerge);
  if (stream_of(event.capture->origin).capture != event.capture) return answer(cudaErrorCapturedEvent);  // it has ended
  if (&stream == &stream_of(nullptr)) return invalidate(*event.capture, cudaErrorStreamCaptureImplicit);
  stream.capture = event.capture;
  enqueue(stream, {}, {event.work});
  return cudaSuccess;
}

}  // namespace

std::string list_events() { return events.empty() ? "" : "\n  " + std::to_string(events.size()) + " event(s)"; }

void reset_events() { events.clear(); }

}  // namespace simt

using simt::event_of;
using simt::stream_of;

cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, cudaEventDefault); }

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::create)) return status;
  auto made = std::make_unique<CUevent_st>(CUevent_st{(flags & cudaEventDisableTiming) == 0});
  *event = made.get();
  simt::events.emplace(*event, std::move(made));
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::release)) return status;
  static_cast<void>(event_of(event));
  simt::events.erase(event);
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::event)) return status;
  CUstream_st& recorded = stream_of(stream);
  if (const cudaError_t status = simt::refuse_implicit(recorded)) return status;
  CUevent_st& mark = event_of(event);
  mark.work = simt::enqueue(recorded, {});
  mark.capture = recorded.capture;
  return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::event)) return status;
  CUstream_st& waiting = stream_of(stream);
  if (const cudaError_t status = simt::refuse_implicit(waiting)) return status;
  const CUevent_st& mark = event_of(event);
  if (mark.work == nullptr) return cudaSuccess;
  if (mark.capture) return simt::wait_for_captured(waiting, mark);
  if (waiting.capture) return simt::invalidate(*waiting.capture, cudaErrorStreamCaptureIsolation);
  simt::enqueue(waiting, {}, {mark.work});
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::synchronize)) return status;
  const CUevent_st& mark = event_of(event);
  if (mark.capture) return simt::answer(cudaErrorCapturedEvent);
  if (const cudaError_t status = simt::refuse_while_capturing()) return status;
  simt::queue().run_until(mark.work);
  return cudaSuccess;
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::synchronize)) return status;
  const CUevent_st& mark = event_of(event);
  if (mark.capture) return simt::answer(cudaErrorCapturedEvent);
  if (const cudaError_t status = simt::refuse_while_capturing()) return status;
  if (mark.work == nullptr || mark.work->done) return cudaSuccess;
  simt::queue().run_one();  // or polling would never end
  return simt::answer(cudaErrorNotReady);
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::query)) return status;
  const CUevent_st &first = event_of(start), &last = event_of(end);
  if (!first.timed || !last.timed || !first.work || !last.work || first.capture || last.capture) {
    return simt::answer(cudaErrorInvalidResourceHandle);
  }
  if (!first.work->done || !last.work->done) return simt::answer(cudaErrorNotReady);
  *milliseconds = static_cast<float>(last.work->finished_at - first.work->finished_at);
  return cudaSuccess;
}
