#include "simt/runtime/memory.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "simt/death.hpp"
#include "simt/device_buffer.hpp"
#include "simt/fault_text.hpp"

using simt::Buffer;
using simt::fault_of;
using simt::says;

namespace {

__global__ void write_at(float* x, std::size_t i) { x[i] = 1.0f; }

__global__ void write_shared(unsigned i) {
  MERCER_SHARED(float, x);
  x[i] = 1.0f;
}

constexpr bool under_sanitizer = simt::under_asan || simt::under_tsan;

}  // namespace

TEST_CASE("new memory reads as NaN, on the device and in shared memory") {
  simt::reset();
  const Buffer<float> x(std::size_t{5});
  for (const float value : x.read())
    CHECK(std::isnan(value));
}

TEST_CASE("memory goes to the device and back, whole or in part") {
  simt::reset();
  const Buffer<int> a(std::vector<int>{1, 2, 3, 4}), b(std::vector<int>(4, 0));
  simt::require(cudaMemcpy(b.data() + 1, a.data(), 8, cudaMemcpyDeviceToDevice));
  simt::require(cudaMemset(b.data(), 1, 2));
  CHECK(b.read() == std::vector<int>{0x0101, 1, 2, 0});
  int one = 0;
  simt::require(cudaMemcpy(&one, a.data() + 3, sizeof one, cudaMemcpyDefault));
  CHECK(one == 4);
  CHECK(cudaMemcpy(nullptr, nullptr, 0, cudaMemcpyHostToDevice) == cudaSuccess);
}

TEST_CASE("a copy outside of its allocation is a fault") {
  simt::reset();
  const Buffer<int> a(std::size_t{4});
  std::vector<int> host(8);
  const auto copy_in = [&](int* to, std::size_t bytes) {
    return fault_of([&] { static_cast<void>(cudaMemcpy(to, host.data(), bytes, cudaMemcpyHostToDevice)); });
  };
  CHECK(copy_in(a.data(), 16).empty());
  CHECK(says(copy_in(a.data(), 20), "target of a copy passes its allocation: bytes 0 to 20 of 16"));
  CHECK(says(copy_in(a.data() + 3, 8), "bytes 12 to 20 of 16"));
  CHECK(says(copy_in(host.data(), 4), "target of a copy is not device memory"));
  CHECK(says(fault_of([&] { static_cast<void>(cudaMemset(a.data() + 1, 0, 16)); }), "passes its allocation"));
  CHECK(says(fault_of([&] { static_cast<void>(cudaMemcpy(a.data(), a.data(), 4, cudaMemcpyHostToDevice)); }),
             "source of a copy is device memory"));
}

TEST_CASE("memory is given back once, by the call of its kind") {
  simt::reset();
  void *device = nullptr, *host = nullptr;
  simt::require(cudaMalloc(&device, 100));
  simt::require(cudaMallocHost(&host, 100));
  CHECK(says(fault_of([&] { static_cast<void>(cudaFree(host)); }), "cudaFree: not memory of its kind"));
  CHECK(says(fault_of([&] { static_cast<void>(cudaFreeHost(device)); }), "cudaFreeHost: not memory of its kind"));
  CHECK(says(fault_of([&] { static_cast<void>(cudaFree(static_cast<char*>(device) + 16)); }), "cudaFree"));
  CHECK(cudaFree(device) == cudaSuccess);
  CHECK(says(fault_of([&] { static_cast<void>(cudaFree(device)); }), "given back before"));
  CHECK(cudaFreeHost(host) == cudaSuccess);
  CHECK(cudaFree(nullptr) == cudaSuccess);
  CHECK(cudaFreeHost(nullptr) == cudaSuccess);
}

TEST_CASE("what is not given back is listed") {
  simt::reset();
  void *device = nullptr, *host = nullptr;
  cudaStream_t stream = nullptr;
  cudaEvent_t event = nullptr;
  simt::require(cudaMalloc(&device, 100));
  simt::require(cudaMallocHost(&host, 50));
  simt::require(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  simt::require(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
  const std::string left = fault_of([] { simt::check_leaks(); });
  for (const char* part : {"100 bytes of device 0", "50 bytes of page-locked", "1 stream", "1 event"}) {
    CHECK(says(left, part));
  }
  simt::require(cudaFree(device));
  simt::require(cudaFreeHost(host));
  simt::require(cudaStreamDestroy(stream));
  simt::require(cudaEventDestroy(event));
  CHECK(fault_of([] { simt::check_leaks(); }).empty());
}

TEST_CASE("a device runs out of its configured memory") {
  simt::reset({1024});
  void *a = nullptr, *b = nullptr;
  CHECK(cudaMalloc(&a, 1025) == cudaErrorMemoryAllocation);
  CHECK(cudaGetLastError() == cudaErrorMemoryAllocation);
  simt::require(cudaMalloc(&a, 700));
  std::size_t free = 0, total = 0;
  simt::require(cudaMemGetInfo(&free, &total));
  CHECK(free == 1024 - 768);  // in steps of 256
  CHECK(total == 1024);
  CHECK(cudaMalloc(&b, 257) == cudaErrorMemoryAllocation);
  CHECK(b == nullptr);
  simt::require(cudaMalloc(&b, 0));
  CHECK(b == nullptr);
  simt::require(cudaFree(a));
}

TEST_CASE("attributes of a pointer") {
  simt::reset({1024, 1024});
  simt::require(cudaSetDevice(1));
  const Buffer<int> device(std::size_t{4});
  int *host = nullptr, local = 0;
  simt::require(cudaMallocHost(&host, 4));
  cudaPointerAttributes attributes{};
  simt::require(cudaPointerGetAttributes(&attributes, device.data() + 3));
  CHECK(attributes.type == cudaMemoryTypeDevice);
  CHECK(attributes.device == 1);
  simt::require(cudaPointerGetAttributes(&attributes, host));
  CHECK(attributes.type == cudaMemoryTypeHost);
  simt::require(cudaPointerGetAttributes(&attributes, &local));
  CHECK(attributes.type == cudaMemoryTypeUnregistered);
  simt::require(cudaFreeHost(host));
}

TEST_CASE("host code that touches device memory dies with a message" * doctest::skip(simt::under_tsan)) {
  simt::reset();
  const Buffer<float> x(std::vector<float>(8, 1.0f));
  const simt::Death death = simt::run_apart([&] { *const_cast<volatile float*>(x.data() + 2) = 2.0f; });
  CAPTURE(death.said);
  CHECK_FALSE(death.clean);
  CHECK(says(death.said, simt::under_asan ? "use-after-poison" : "host code touches device memory"));
  CHECK(simt::run_apart([&] { static_cast<void>(x.read()); }).clean);
}

TEST_CASE("a kernel that runs past the page of its memory dies by name" * doctest::skip(under_sanitizer)) {
  simt::reset();
  const Buffer<float> x(std::size_t{1024});
  const simt::Death death = simt::run_apart([&] {
    simt::launch(write_at, {.threads = 1}, x.data(), std::size_t{1024});
    static_cast<void>(cudaDeviceSynchronize());
  });
  CAPTURE(death.said);
  CHECK(says(death.said, "kernel (anonymous namespace)::write_at, block (0,0,0), thread (0,0,0)"));
}

TEST_CASE("a kernel stays within its memory to the byte" * doctest::skip(!simt::under_asan)) {
  simt::reset();
  const Buffer<float> x(std::size_t{3});
  const auto write = [&](std::size_t i) {
    return simt::run_apart([&] {
      simt::launch(write_at, {.threads = 1}, x.data(), i);
      static_cast<void>(cudaDeviceSynchronize());
    });
  };
  CHECK(write(2).clean);
  CHECK(says(write(3).said, "heap-buffer-overflow"));
  CHECK(says(write(3).said, "write_at"));
}

TEST_CASE("a kernel stays within its shared memory to the byte" * doctest::skip(!simt::under_asan)) {
  simt::reset();
  const auto write = [&](unsigned i) {
    return simt::run_apart([&] {
      simt::launch(write_shared, {.threads = 1, .shared = 33 * sizeof(float)}, i);
      static_cast<void>(cudaDeviceSynchronize());
    });
  };
  CHECK(write(32).clean);
  CHECK(says(write(33).said, "heap-buffer-overflow"));
}
