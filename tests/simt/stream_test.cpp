#include "simt/runtime/stream.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "simt/device_buffer.hpp"
#include "simt/fault_text.hpp"
#include "simt/streams.hpp"

using simt::Buffer;
using simt::Event;
using simt::Order;
using simt::Stream;

namespace {

constexpr Order all_orders[] = {Order::forward, Order::reverse, Order::random};

__global__ void double_it(int* x) {
  if (threadIdx.x == 0) *x *= 2;
}

__global__ void add_one(int* x) {
  if (threadIdx.x == 0) *x += 1;
}

// In how many orders of the streams (four seeds of the random one) the work gives 2 * 1 + 1.
int right_orders(const std::function<int()>& work) {
  int right = 0;
  for (const Order order : all_orders) {
    simt::reset();
    simt::config().streams = order;
    right += work() == 3;
  }
  return right;
}

int double_and_add(unsigned flags_of_first, unsigned flags_of_second, bool wait) {
  const Buffer<int> x(std::vector<int>{1});
  const Stream one(flags_of_first), two(flags_of_second);
  const Event doubled;
  simt::launch(double_it, {.stream = one}, x.data());
  simt::require(cudaEventRecord(doubled, one));
  if (wait) simt::require(cudaStreamWaitEvent(two, doubled));
  simt::launch(add_one, {.stream = two}, x.data());
  simt::require(cudaDeviceSynchronize());
  return x.read()[0];
}

}  // namespace

TEST_CASE("nothing runs before somebody waits") {
  simt::reset();
  int* value = nullptr;
  simt::require(cudaMallocHost(&value, sizeof(int)));
  *value = -1;
  {
    const Buffer<int> x(std::vector<int>{1});
    const Stream stream;
    simt::launch(double_it, {.stream = stream}, x.data());
    simt::require(cudaMemcpyAsync(value, x.data(), sizeof(int), cudaMemcpyDeviceToHost, stream));
    CHECK(*value == -1);
    CHECK(cudaStreamQuery(stream) == cudaErrorNotReady);
    simt::require(cudaStreamSynchronize(stream));
    CHECK(*value == 2);
    CHECK(cudaStreamQuery(stream) == cudaSuccess);
  }
  simt::require(cudaFreeHost(value));
  simt::check_leaks();
}

TEST_CASE("polling gets there") {
  simt::reset();
  const Buffer<int> x(std::vector<int>{1});
  const Stream stream;
  const Event end;
  for (int n = 0; n < 3; ++n)
    simt::launch(double_it, {.stream = stream}, x.data());
  simt::require(cudaEventRecord(end, stream));
  int polls = 0;
  while (cudaEventQuery(end) == cudaErrorNotReady)
    ++polls;
  CHECK(polls >= 3);
  CHECK(cudaGetLastError() == cudaErrorNotReady);
  CHECK(x.read()[0] == 8);
}

TEST_CASE("a missing wait between streams gives a wrong result in some order") {
  CHECK(right_orders([] { return double_and_add(cudaStreamNonBlocking, cudaStreamNonBlocking, true); }) == 3);
  CHECK(right_orders([] { return double_and_add(cudaStreamNonBlocking, cudaStreamNonBlocking, false); }) < 3);
  CHECK(right_orders([] { return double_and_add(cudaStreamDefault, cudaStreamDefault, false); }) < 3);
}

TEST_CASE("the default stream is ordered with blocking streams and no others") {
  const auto through_default = [](unsigned flags, bool default_first) {
    const Buffer<int> x(std::vector<int>{1});
    const Stream stream(flags);
    simt::launch(double_it, {.stream = default_first ? nullptr : stream.handle()}, x.data());
    simt::launch(add_one, {.stream = default_first ? stream.handle() : nullptr}, x.data());
    simt::require(cudaDeviceSynchronize());
    return x.read()[0];
  };
  for (const bool first : {true, false}) {
    CHECK(right_orders([&] { return through_default(cudaStreamDefault, first); }) == 3);
    CHECK(right_orders([&] { return through_default(cudaStreamNonBlocking, first); }) < 3);
  }
}

TEST_CASE("a stream may be destroyed before its work has run") {
  CHECK(right_orders([] {
          const Buffer<int> x(std::vector<int>{1});
          simt::launch(double_it, {.stream = Stream(cudaStreamDefault)}, x.data());
          simt::launch(add_one, {}, x.data());
          return x.read()[0];
        }) == 3);
}

TEST_CASE("pageable memory is read at the call, page-locked memory when the copy runs") {
  simt::reset();
  const Buffer<int> a(std::size_t{1}), b(std::size_t{1});
  int* locked = nullptr;
  simt::require(cudaMallocHost(&locked, sizeof(int)));
  int pageable = *locked = 1;
  const Stream stream;
  simt::require(cudaMemcpyAsync(a.data(), &pageable, sizeof(int), cudaMemcpyHostToDevice, stream));
  simt::require(cudaMemcpyAsync(b.data(), locked, sizeof(int), cudaMemcpyHostToDevice, stream));
  pageable = *locked = 2;
  simt::require(cudaStreamSynchronize(stream));
  CHECK(a.read()[0] == 1);
  CHECK(b.read()[0] == 2);
  simt::require(cudaFreeHost(locked));
}

TEST_CASE("memory freed in a stream is gone for what runs after") {
  simt::reset();
  const Stream stream;
  int* x = nullptr;
  simt::require(cudaMallocAsync(&x, sizeof(int), stream));
  simt::require(cudaMemsetAsync(x, 0, sizeof(int), stream));
  simt::launch(add_one, {.stream = stream}, x);
  int value = 0;
  simt::require(cudaMemcpyAsync(&value, x, sizeof(int), cudaMemcpyDeviceToHost, stream));
  CHECK(value == 1);
  simt::require(cudaFreeAsync(x, stream));
  simt::require(cudaStreamSynchronize(stream));
  CHECK(simt::says(simt::fault_of([&] { simt::launch(add_one, {.stream = stream}, x); }), "add_one: argument 1"));
}

TEST_CASE("events give the time between two marks") {
  simt::reset();
  const Stream stream;
  const Event start(cudaEventDefault), end(cudaEventDefault), untimed;
  float milliseconds = -1;
  CHECK(cudaEventElapsedTime(&milliseconds, start, end) == cudaErrorInvalidResourceHandle);
  simt::require(cudaEventRecord(start, stream));
  simt::require(cudaEventRecord(end, stream));
  CHECK(cudaEventElapsedTime(&milliseconds, start, end) == cudaErrorNotReady);
  simt::require(cudaEventSynchronize(end));
  simt::require(cudaEventElapsedTime(&milliseconds, start, end));
  CHECK(milliseconds >= 0);
  CHECK(cudaEventElapsedTime(&milliseconds, start, untimed) == cudaErrorInvalidResourceHandle);
}

TEST_CASE("handles that are gone are faults") {
  simt::reset();
  cudaStream_t stream = nullptr;
  cudaEvent_t event = nullptr;
  simt::require(cudaStreamCreate(&stream));
  simt::require(cudaEventCreate(&event));
  simt::require(cudaStreamDestroy(stream));
  simt::require(cudaEventDestroy(event));
  CHECK(simt::says(simt::fault_of([&] { static_cast<void>(cudaStreamSynchronize(stream)); }), "a stream that was"));
  CHECK(simt::says(simt::fault_of([&] { static_cast<void>(cudaStreamDestroy(stream)); }), "a stream that was"));
  CHECK(simt::says(simt::fault_of([&] { static_cast<void>(cudaEventRecord(event)); }), "an event that was"));
}
