#include "simt/runtime/stream.hpp"

#include <map>

#include "simt/machine/fault.hpp"
#include "simt/runtime/api.hpp"
#include "simt/runtime/device.hpp"
#include "simt/runtime/status.hpp"

namespace simt {
namespace {

std::map<cudaStream_t, std::unique_ptr<CUstream_st>> streams;
std::map<int, CUstream_st> default_streams;   // by device
std::map<int, std::vector<WorkPtr>> orphans;  // of destroyed blocking streams, by device

CUstream_st& default_stream(int device) {
  const auto found = default_streams.find(device);
  if (found != default_streams.end()) return found->second;
  return default_streams.emplace(device, CUstream_st{device, true, queue().new_track()}).first->second;
}

bool is_default(const CUstream_st& stream) {
  const auto found = default_streams.find(stream.device);
  return found != default_streams.end() && &found->second == &stream;
}

template <class Visit>
void for_each_stream(Visit visit) {
  for (const auto& [handle, stream] : streams)
    visit(*stream);
}

// The default stream waits for the blocking ones, and they for it.
void add_implicit_order(const CUstream_st& stream, std::vector<WorkPtr>& after) {
  if (!is_default(stream)) {
    if (stream.blocking) after.push_back(queue().last(default_stream(stream.device).track));
    return;
  }
  for_each_stream([&](const CUstream_st& other) {
    if (other.blocking && other.device == stream.device) after.push_back(queue().last(other.track));
  });
  auto& left = orphans[stream.device];
  after.insert(after.end(), left.begin(), left.end());
  left.clear();
}

cudaError_t refuse_waiting(const CUstream_st& stream) {
  if (!stream.capture) return refuse_while_capturing();
  stream.capture->invalid = true;
  return answer(cudaErrorStreamCaptureUnsupported);
}

}  // namespace

CUstream_st& stream_of(cudaStream_t handle) {
  if (handle == nullptr) return default_stream(current_device());
  const auto found = streams.find(handle);
  if (found == streams.end()) throw Fault("a stream that was destroyed or never made");
  return *found->second;
}

WorkPtr enqueue(CUstream_st& stream, std::function<void()> action, std::vector<WorkPtr> after) {
  if (stream.capture) {
    after.push_back(stream.captured);
    std::erase(after, nullptr);
    auto node = std::make_shared<Work>(Work{std::move(action), std::move(after), stream.track});
    stream.capture->nodes.push_back(node);
    return stream.captured = node;
  }
  add_implicit_order(stream, after);
  return queue().push(stream.track, std::move(action), std::move(after));
}

cudaError_t refuse_implicit(const CUstream_st& stream) {
  if (stream.capture && stream.capture->invalid) return answer(cudaErrorStreamCaptureInvalidated);
  if (!is_default(stream)) return cudaSuccess;
  cudaError_t status = cudaSuccess;
  for_each_stream([&](const CUstream_st& other) {
    if (!other.capture || !other.blocking || other.device != stream.device) return;
    other.capture->invalid = true;
    status = cudaErrorStreamCaptureImplicit;
  });
  return answer(status);
}

cudaError_t refuse_while_capturing() {
  cudaError_t status = cudaSuccess;
  for_each_stream([&](const CUstream_st& stream) {
    if (!stream.capture || stream.capture->mode == cudaStreamCaptureModeRelaxed) return;
    stream.capture->invalid = true;
    status = cudaErrorStreamCaptureUnsupported;
  });
  return answer(status);
}

void leave_capture(const std::shared_ptr<Capture>& capture) {
  for_each_stream([&](CUstream_st& stream) {
    if (stream.capture != capture) return;
    stream.capture = nullptr;
    stream.captured = nullptr;
  });
}

std::string list_streams() { return streams.empty() ? "" : "\n  " + std::to_string(streams.size()) + " stream(s)"; }

void reset_streams() {
  streams.clear();
  default_streams.clear();
  orphans.clear();
}

}  // namespace simt

using simt::stream_of;

cudaError_t cudaStreamCreate(cudaStream_t* stream) { return cudaStreamCreateWithFlags(stream, cudaStreamDefault); }

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::create)) return status;
  if (flags > cudaStreamNonBlocking) return simt::answer(cudaErrorInvalidValue);
  const int device = simt::current_device();
  static_cast<void>(simt::default_stream(device));  // has the lowest track
  auto made =
      std::make_unique<CUstream_st>(CUstream_st{device, flags != cudaStreamNonBlocking, simt::queue().new_track()});
  *stream = made.get();
  simt::streams.emplace(*stream, std::move(made));
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::release)) return status;
  const CUstream_st& gone = stream_of(stream);
  if (stream == nullptr) return simt::answer(cudaErrorInvalidResourceHandle);
  if (gone.capture) gone.capture->invalid = true;
  if (gone.blocking) simt::orphans[gone.device].push_back(simt::queue().last(gone.track));
  simt::streams.erase(stream);  // what it was handed still runs
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::synchronize)) return status;
  CUstream_st& waited = stream_of(stream);
  if (const cudaError_t status = simt::refuse_waiting(waited)) return status;
  simt::queue().run_until(simt::enqueue(waited, {}));
  return cudaSuccess;
}

cudaError_t cudaStreamQuery(cudaStream_t stream) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::synchronize)) return status;
  const CUstream_st& asked = stream_of(stream);
  if (const cudaError_t status = simt::refuse_waiting(asked)) return status;
  if (simt::queue().last(asked.track) == nullptr) return cudaSuccess;
  simt::queue().run_one();  // or polling would never end
  return simt::answer(cudaErrorNotReady);
}

cudaError_t cudaDeviceSynchronize() {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::synchronize)) return status;
  if (const cudaError_t status = simt::refuse_while_capturing()) return status;
  simt::queue().run_all();
  return cudaSuccess;
}
