#include "backend/cuda/runtime/capture.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "backend/cuda/runtime/capture_memory.hpp"
#include "backend/cuda/runtime/handles.hpp"
#include "backend/cuda/runtime/memory.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

using CudaGraph = std::unique_ptr<std::remove_pointer_t<cudaGraph_t>, cuda::Released<cudaGraphDestroy>>;
using GraphExec = std::unique_ptr<std::remove_pointer_t<cudaGraphExec_t>, cuda::Released<cudaGraphExecDestroy>>;

/// A number that the device computes in each replay; it is added to *to afterwards.
struct ReplayCount {
  cuda::Pinned number;
  Index* to;
};

}  // namespace

/// The graph and the host memory that its copies use.
struct CapturedWork::Kept {
  std::vector<cuda::Pinned> uploads;
  std::vector<ReplayCount> counts;
  GraphExec graph;
};

namespace {

/// A running capture; the destructor ends it if end() was not called.
struct Capturing {
  Capturing(CaptureMemory::Blocks& blocks, CapturedWork::Kept& kept);
  ~Capturing();
  Capturing(const Capturing&) = delete;
  Capturing& operator=(const Capturing&) = delete;
  CudaGraph end();

  CaptureMemory::Blocks& blocks;
  CapturedWork::Kept& kept;
  cudaStream_t stream;
  bool goes_on = true;
};

thread_local Capturing* in_progress = nullptr;

Capturing::Capturing(CaptureMemory::Blocks& blocks, CapturedWork::Kept& kept)
    : blocks(blocks), kept(kept), stream(cuda::stream()) {
  // relaxed mode: allocations and calls of other threads are allowed during the capture
  cuda::check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), "graph");
  in_progress = this;
}

CudaGraph Capturing::end() {
  cudaGraph_t made = nullptr;
  cuda::check(cudaStreamEndCapture(stream, &made), "graph");
  goes_on = false;
  return CudaGraph(made);
}

Capturing::~Capturing() {
  in_progress = nullptr;
  if (!goes_on) return;
  cudaGraph_t unfinished = nullptr;
  cuda::forgive(cudaStreamEndCapture(stream, &unfinished));
  if (unfinished != nullptr) cuda::forgive(cudaGraphDestroy(unfinished));
}

}  // namespace

CapturedWork::CapturedWork(CaptureMemory& memory, const std::function<void()>& launch)
    : kept_(std::make_unique<Kept>()) {
  CudaGraph graph;
  {
    Capturing capture(*memory.blocks_, *kept_);
    launch();
    graph = capture.end();
  }
  cudaGraphExec_t made = nullptr;
  cuda::check(cudaGraphInstantiate(&made, graph.get(), 0), "graph");
  kept_->graph.reset(made);
}

CapturedWork::~CapturedWork() = default;

void CapturedWork::replay() {
  cuda::check(cudaGraphLaunch(kept_->graph.get(), cuda::stream()), "graph");
  cuda::wait_for_all("graph");
  for (const ReplayCount& count : kept_->counts)
    *count.to += static_cast<Index>(*static_cast<const unsigned long long*>(count.number.get()));
}

PinnedBuffer::PinnedBuffer(std::size_t bytes)
    : data_(cuda::new_pinned(std::max<std::size_t>(bytes, 1), "graph").release()) {}
PinnedBuffer::~PinnedBuffer() {
  if (data_ != nullptr) cuda::forgive(cudaFreeHost(data_));
}

void PinnedBuffer::upload(void* there, std::size_t bytes) const {
  cuda::check(cudaMemcpyAsync(there, data_, bytes, cudaMemcpyHostToDevice, cuda::stream()), "copy");
}

void PinnedBuffer::download(const void* there, std::size_t bytes) {
  cuda::check(cudaMemcpyAsync(data_, there, bytes, cudaMemcpyDeviceToHost, cuda::stream()), "copy");
}

void wait_for_device() { cuda::wait_for_all("graph"); }

namespace cuda {

bool take_captured(std::size_t bytes, void*& block) {
  if (in_progress == nullptr) return false;
  block = in_progress->blocks.take(bytes);
  return true;
}

bool give_back_captured(void* block, std::size_t bytes) noexcept {
  return give_back_to_its_capture(block, bytes) || (in_progress != nullptr && in_progress->blocks.adopt(block, bytes));
}

bool copy_captured(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes) {
  if (in_progress == nullptr || to_device.type == from_device.type) return false;
  if (to_device.is_cpu())
    throw DeviceError("[copy] CUDA graph: the host waits for what the device computes, in the middle of a step");
  Pinned& upload = in_progress->kept.uploads.emplace_back(new_pinned(bytes, "graph"));
  std::memcpy(upload.get(), from, bytes);
  check(cudaMemcpyAsync(to, upload.get(), bytes, cudaMemcpyHostToDevice, in_progress->stream), "copy");
  return true;
}

bool count_after_replays(const unsigned long long* there, Index* to) {
  if (in_progress == nullptr) return false;
  if (to == nullptr) return true;
  ReplayCount& count = in_progress->kept.counts.emplace_back(ReplayCount{new_pinned(sizeof *there, "graph"), to});
  check(cudaMemcpyAsync(count.number.get(), there, sizeof *there, cudaMemcpyDeviceToHost, in_progress->stream), "copy");
  return true;
}

}  // namespace cuda

bool is_captured() noexcept { return in_progress != nullptr; }

}  // namespace mercer
