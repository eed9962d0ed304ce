#include <map>
#include <set>

#include "simt/machine/fault.hpp"
#include "simt/runtime/api.hpp"
#include "simt/runtime/status.hpp"
#include "simt/runtime/stream.hpp"

struct CUgraph_st {
  std::vector<simt::WorkPtr> nodes;  // each after those it depends on
};

struct CUgraphExec_st {
  std::vector<simt::WorkPtr> nodes;
  simt::WorkPtr last_launch = nullptr;
};

namespace simt {
namespace {

std::map<cudaGraph_t, std::unique_ptr<CUgraph_st>> graphs;
std::map<cudaGraphExec_t, std::unique_ptr<CUgraphExec_st>> execs;

template <class Map, class Handle>
auto& find_handle(Map& map, Handle handle, const char* what) {
  const auto found = map.find(handle);
  if (found == map.end()) throw Fault(std::string(what) + " that was destroyed or never made");
  return *found->second;
}

// Does `end` come after every node? Then no stream was left hanging.
bool joins_all(const Capture& capture, const WorkPtr& end) {
  std::set<const Work*> reached{end.get()};
  for (auto node = capture.nodes.rbegin(); node != capture.nodes.rend(); ++node) {
    if (!reached.contains(node->get())) return false;
    for (const WorkPtr& before : (*node)->after)
      reached.insert(before.get());
  }
  return true;
}

cudaError_t end_capture(CUstream_st& stream, std::vector<WorkPtr>& nodes) {
  const std::shared_ptr<Capture> capture = stream.capture;
  const WorkPtr end = stream.captured;
  leave_capture(capture);
  if (capture->invalid) return cudaErrorStreamCaptureInvalidated;
  if (!joins_all(*capture, end)) return cudaErrorStreamCaptureUnjoined;
  nodes = capture->nodes;
  return cudaSuccess;
}

// A copy of each node, between `begin` and the mark that is returned. Each captured stream becomes a track of its own.
void replay(CUgraphExec_st& exec, CUstream_st& stream) {
  const WorkPtr begin = enqueue(stream, {}, {exec.last_launch});
  std::map<const Work*, WorkPtr> copies;
  std::map<std::uint64_t, std::uint64_t> tracks;
  std::vector<WorkPtr> all;
  for (const WorkPtr& node : exec.nodes) {
    const auto [track, is_new] = tracks.try_emplace(node->track, 0);
    if (is_new) track->second = queue().new_track();
    std::vector<WorkPtr> after{begin};
    for (const WorkPtr& before : node->after)
      after.push_back(copies.at(before.get()));
    all.push_back(copies[node.get()] = queue().push(track->second, node->action, after));
  }
  exec.last_launch = enqueue(stream, {}, all);
}

}  // namespace

std::string list_graphs() {
  const std::size_t held = graphs.size() + execs.size();
  return held == 0 ? "" : "\n  " + std::to_string(held) + " graph(s)";
}

void reset_graphs() {
  graphs.clear();
  execs.clear();
}

}  // namespace simt

using simt::stream_of;

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::graph)) return status;
  CUstream_st& origin = stream_of(stream);
  if (stream == nullptr) return simt::answer(cudaErrorStreamCaptureUnsupported);  // the default stream never captures
  if (origin.capture) return simt::answer(cudaErrorIllegalState);
  origin.capture = std::make_shared<simt::Capture>(simt::Capture{stream, mode, {}});
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  const simt::Turn turn;
  *graph = nullptr;
  if (const cudaError_t status = simt::enter(simt::Call::graph)) return status;
  CUstream_st& origin = stream_of(stream);
  if (!origin.capture) return simt::answer(cudaErrorIllegalState);
  if (origin.capture->origin != stream) return simt::answer(cudaErrorStreamCaptureUnmatched);
  auto made = std::make_unique<CUgraph_st>();
  if (const cudaError_t status = simt::end_capture(origin, made->nodes)) return simt::answer(status);
  *graph = made.get();
  simt::graphs.emplace(*graph, std::move(made));
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::graph)) return status;
  auto made = std::make_unique<CUgraphExec_st>(CUgraphExec_st{simt::find_handle(simt::graphs, graph, "a graph").nodes});
  *exec = made.get();
  simt::execs.emplace(*exec, std::move(made));
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::launch)) return status;
  CUstream_st& target = stream_of(stream);
  if (const cudaError_t status = simt::refuse_implicit(target)) return status;
  if (target.capture) return simt::answer(cudaErrorNotSupported);  // a graph within a graph
  simt::replay(simt::find_handle(simt::execs, exec, "an instantiated graph"), target);
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::release)) return status;
  static_cast<void>(simt::find_handle(simt::graphs, graph, "a graph"));
  simt::graphs.erase(graph);
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
  const simt::Turn turn;
  if (const cudaError_t status = simt::enter(simt::Call::release)) return status;
  static_cast<void>(simt::find_handle(simt::execs, exec, "an instantiated graph"));
  simt::execs.erase(exec);
  return cudaSuccess;
}
