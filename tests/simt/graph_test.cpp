// Capture and replay.

#include <doctest/doctest.h>

#include "simt/device_buffer.hpp"
#include "simt/streams.hpp"

using simt::Buffer;
using simt::Event;
using simt::Order;
using simt::Stream;

namespace {

__global__ void scale(int factor, const int* x, int* y) {
  if (threadIdx.x == 0) *y = factor * *x;
}

__global__ void add(const int* x, const int* y, int* sum) {
  if (threadIdx.x == 0) *sum = *x + *y;
}

class Graph {
 public:
  template <class Work>
  Graph(cudaStream_t stream, Work work) {
    simt::require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
    work();
    cudaGraph_t graph = nullptr;
    simt::require(cudaStreamEndCapture(stream, &graph));
    simt::require(cudaGraphInstantiate(&exec_, graph, 0));
    simt::require(cudaGraphDestroy(graph));
  }
  ~Graph() { static_cast<void>(cudaGraphExecDestroy(exec_)); }
  void launch(cudaStream_t stream) const { simt::require(cudaGraphLaunch(exec_, stream)); }

 private:
  cudaGraphExec_t exec_ = nullptr;
};

cudaError_t end(cudaStream_t stream) {
  cudaGraph_t graph = nullptr;
  const cudaError_t status = cudaStreamEndCapture(stream, &graph);
  CHECK((graph == nullptr) == (status != cudaSuccess));
  if (graph != nullptr) simt::require(cudaGraphDestroy(graph));
  return status;
}

}  // namespace

TEST_CASE("captured work runs at each launch of its graph, and not before") {
  simt::reset();
  {
    const Buffer<int> x(std::vector<int>{1}), y(std::vector<int>{0});
    const Stream stream;
    const Graph graph(stream, [&] {
      simt::launch(scale, {.stream = stream}, 3, x.data(), y.data());
      simt::require(cudaMemcpyAsync(x.data(), y.data(), sizeof(int), cudaMemcpyDeviceToDevice, stream));
    });
    CHECK(y.read()[0] == 0);
    for (int n = 0; n < 3; ++n)
      graph.launch(stream);
    simt::require(cudaStreamSynchronize(stream));
    CHECK(x.read()[0] == 27);
  }
  simt::check_leaks();
}

TEST_CASE("a capture keeps the order of streams that events join, and no other") {
  for (const bool wait : {true, false}) {
    int right = 0;
    for (const Order order : {Order::forward, Order::reverse}) {
      simt::reset();
      simt::config().streams = order;
      const Buffer<int> one(std::vector<int>{1}), a(std::vector<int>{0}), b(std::vector<int>{0}), sum(a.read());
      const Stream left, right_stream;
      const Event begun, done;
      const Graph graph(left, [&] {
        simt::require(cudaEventRecord(begun, left));
        simt::require(cudaStreamWaitEvent(right_stream, begun));
        simt::launch(scale, {.stream = right_stream}, 2, one.data(), a.data());
        simt::launch(scale, {.stream = left}, 5, one.data(), b.data());
        simt::require(cudaEventRecord(done, right_stream));
        if (wait) simt::require(cudaStreamWaitEvent(left, done));
        simt::launch(add, {.stream = left}, a.data(), b.data(), sum.data());
        if (!wait) simt::require(cudaStreamWaitEvent(left, done));
      });
      graph.launch(left);
      simt::require(cudaDeviceSynchronize());
      right += sum.read()[0] == 7;
    }
    CHECK(right == (wait ? 2 : 1));
  }
}

TEST_CASE("a capture that leaves work hanging, waits, or allocates fails") {
  simt::reset();
  const Stream stream, other;
  const Event event, outside;
  void* memory = nullptr;
  const auto begin = [&] { simt::require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal)); };

  CHECK(end(stream) == cudaErrorIllegalState);
  begin();
  CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal) == cudaErrorIllegalState);
  CHECK(end(other) == cudaErrorIllegalState);
  CHECK(end(stream) == cudaSuccess);

  begin();
  simt::require(cudaEventRecord(event, stream));
  simt::require(cudaStreamWaitEvent(other, event));
  CHECK(end(other) == cudaErrorStreamCaptureUnmatched);
  CHECK(end(stream) == cudaErrorStreamCaptureUnjoined);
  CHECK(cudaEventSynchronize(event) == cudaErrorCapturedEvent);

  begin();
  CHECK(cudaStreamSynchronize(stream) == cudaErrorStreamCaptureUnsupported);
  CHECK(end(stream) == cudaErrorStreamCaptureInvalidated);
  begin();
  CHECK(cudaMalloc(&memory, 4) == cudaErrorStreamCaptureUnsupported);
  CHECK(end(stream) == cudaErrorStreamCaptureInvalidated);
  simt::require(cudaEventRecord(outside, other));
  begin();
  CHECK(cudaStreamWaitEvent(stream, outside) == cudaErrorStreamCaptureIsolation);
  CHECK(end(stream) == cudaErrorStreamCaptureInvalidated);
  CHECK(cudaStreamSynchronize(stream) == cudaSuccess);
}

TEST_CASE("the default stream neither captures nor runs beside a blocking stream that does") {
  simt::reset();
  const Buffer<int> x(std::size_t{1});
  const Stream blocking(cudaStreamDefault);
  CHECK(cudaStreamBeginCapture(nullptr, cudaStreamCaptureModeGlobal) == cudaErrorStreamCaptureUnsupported);
  simt::require(cudaStreamBeginCapture(blocking, cudaStreamCaptureModeRelaxed));
  CHECK(cudaMemset(x.data(), 0, 4) == cudaErrorStreamCaptureImplicit);
  CHECK(end(blocking) == cudaErrorStreamCaptureInvalidated);
}
