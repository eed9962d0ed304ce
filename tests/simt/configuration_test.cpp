// What a launch may ask for, and what it may hand over.

#include <doctest/doctest.h>

#include <memory>

#include "simt/device_buffer.hpp"
#include "simt/fault_text.hpp"

using simt::Buffer;
using simt::fault_of;
using simt::says;

namespace {

__global__ void do_nothing() {}

__global__ void fill_shared(unsigned char* sum, unsigned n) {
  MERCER_SHARED(unsigned char, bytes);
  unsigned char total = 0;
  for (unsigned i = 0; i < n; ++i)
    total = static_cast<unsigned char>(total + bytes[i]);
  *sum = total;
}

__global__ void take_pointer(const float* x) { static_cast<void>(x); }

struct Views {
  long long count;
  const float* x;
  const float* y;
};

__global__ void take_views(Views views, long long size) {
  static_cast<void>(views);
  static_cast<void>(size);
}

std::string launch_nothing(const simt::Shape& shape) {
  return fault_of([&] { simt::launch(do_nothing, shape); });
}

std::string hand_over(const float* x) {
  return fault_of([&] { simt::launch(take_pointer, {}, x); });
}

}  // namespace

TEST_CASE("a launch stays within what a GPU can run") {
  simt::reset();
  for (const simt::Shape& good : std::vector<simt::Shape>{{.blocks = 1, .threads = 1024},
                                                          {.threads = dim3(1, 1, 64)},
                                                          {.blocks = dim3(1, 65535, 1)},
                                                          {.shared = 48 * 1024}}) {
    CHECK(launch_nothing(good).empty());
  }
  for (const simt::Shape& bad : std::vector<simt::Shape>{
           {.threads = 0}, {.threads = 1025}, {.threads = dim3(32, 33)}, {.threads = dim3(1, 1, 65)}}) {
    CHECK(says(launch_nothing(bad), "do_nothing: block"));
  }
  for (const simt::Shape& bad : std::vector<simt::Shape>{
           {.blocks = 0}, {.blocks = dim3(1, 65536)}, {.blocks = dim3(1, 1, 65536)}, {.blocks = 2147483648u}}) {
    CHECK(says(launch_nothing(bad), "do_nothing: grid"));
  }
  simt::require(cudaDeviceSynchronize());
}

TEST_CASE("shared memory past 48 KiB has to be asked for, and ends at 227") {
  simt::reset();
  const Buffer<unsigned char> sum(std::size_t{1});
  const auto fill = [&](unsigned n) {
    return fault_of([&] { simt::launch(fill_shared, {.threads = 1, .shared = n}, sum.data(), n); });
  };
  CHECK(says(fill(48 * 1024 + 1), "49153 bytes of shared memory, want at most 49152"));
  CHECK(cudaFuncSetAttribute(fill_shared, cudaFuncAttributeMaxDynamicSharedMemorySize, 227 * 1024 + 1) ==
        cudaErrorInvalidValue);
  simt::require(cudaFuncSetAttribute(fill_shared, cudaFuncAttributeMaxDynamicSharedMemorySize, 227 * 1024));
  CHECK(fill(227 * 1024).empty());
  CHECK(sum.read()[0] == 0);  // 227 Ki times 0xFF
  CHECK(fill(100).empty());
  CHECK(sum.read()[0] == static_cast<unsigned char>(100 * 0xFF));
  CHECK(says(fill(227 * 1024 + 1), "want at most"));
}

TEST_CASE("a host pointer among the arguments is a fault") {
  simt::reset();
  const auto heap = std::make_unique<float>(1.0f);
  const float stack = 1.0f;
  CHECK(says(hand_over(heap.get()), "take_pointer: argument 1 is a host pointer"));
  CHECK(says(hand_over(&stack), "argument 1 is a host pointer"));
  CHECK(says(hand_over(reinterpret_cast<const float*>(std::uintptr_t{1} << 40)), "nothing that is allocated"));
  CHECK(hand_over(nullptr).empty());
}

TEST_CASE("a host pointer within a struct passed by value is a fault") {
  simt::reset();
  const Buffer<float> x(std::size_t{4});
  const std::vector<float> host(4);
  const auto hand = [](Views views) { return fault_of([&] { simt::launch(take_views, {}, views, 1LL << 40); }); };
  CHECK(hand({32600, x.data(), x.data() + 4}).empty());
  CHECK(hand({0, nullptr, x.data()}).empty());
  CHECK(says(hand({4, x.data(), host.data()}), "argument 1, at byte 16, holds a host pointer"));
}

TEST_CASE("arguments point to live memory of the kernel's device, or to page-locked memory") {
  simt::reset({1 << 20, 1 << 20});
  float *here = nullptr, *there = nullptr, *locked = nullptr;
  simt::require(cudaMalloc(&here, 64));
  simt::require(cudaMallocHost(&locked, 64));
  simt::require(cudaSetDevice(1));
  simt::require(cudaMalloc(&there, 64));
  CHECK(hand_over(there).empty());
  CHECK(hand_over(locked).empty());
  CHECK(says(hand_over(here), "memory of device 0, the kernel runs on device 1"));
  simt::require(cudaFree(there));
  CHECK_FALSE(hand_over(there).empty());
  simt::require(cudaFree(here));
  simt::require(cudaFreeHost(locked));
  simt::check_leaks();
}
