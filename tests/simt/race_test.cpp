// Races between threads. ThreadSanitizer knows no more of their order than CUDA promises.
// Kernels run in child processes only: ThreadSanitizer ignores the children of a process that has made fibers.

#include <doctest/doctest.h>

#include "simt/death.hpp"
#include "simt/device_buffer.hpp"
#include "simt/fault_text.hpp"

using simt::Buffer;

namespace {

__global__ void count_plainly(int* count) {
  if (threadIdx.x == 0) *count += 1;
}

__global__ void count_atomically(int* count, float* sum) {
  atomicAdd(count, 1);
  atomicAdd(sum, 1.0f);
}

// `rounds` times: write, barrier, read the neighbour's; without the second barrier the next write races with the read.
__global__ void exchange(int rounds, bool by_warp, bool second_barrier, float* out) {
  MERCER_SHARED(float, x);
  float sum = 0;
  for (int round = 0; round < rounds; ++round) {
    x[threadIdx.x] = static_cast<float>(round);
    by_warp ? __syncwarp() : __syncthreads();
    sum += x[threadIdx.x ^ 1];
    if (second_barrier) by_warp ? __syncwarp() : __syncthreads();
  }
  out[threadIdx.x] = sum;
}

// Half-warps that meet each half on its own are not ordered with each other.
__global__ void meet_in_halves(unsigned reach, float* out) {
  MERCER_SHARED(float, x);
  x[threadIdx.x] = 1.0f;
  __syncwarp(threadIdx.x < 16 ? 0xffffu : 0xffff0000u);
  out[threadIdx.x] = x[threadIdx.x ^ reach];
}

__global__ void write_shared_of_block(float* out) {
  MERCER_SHARED(float, x);
  x[threadIdx.x] = 1.0f;
  out[blockIdx.x * blockDim.x + threadIdx.x] = x[threadIdx.x];
}

// An array whose address is taken lies on the thread's stack.
__global__ void use_local_memory(int n, float* out) {
  float local[8] = {};
  float* volatile at = local;
  for (int i = 0; i < n; ++i)
    at[i % 8] += 1.0f;
  out[blockIdx.x * blockDim.x + threadIdx.x] = at[0];
}

template <class... Parameters, class... Arguments>
bool races(void (*kernel)(Parameters...), const simt::Shape& shape, Arguments... arguments) {
  const simt::Death death = simt::run_apart([&] {
    simt::launch(kernel, shape, arguments...);
    simt::require(cudaDeviceSynchronize());
  });
  CAPTURE(death.said);
  REQUIRE((death.clean || simt::says(death.said, "ThreadSanitizer: data race")));
  return !death.clean;
}

}  // namespace

TEST_CASE("blocks that write one place race, unless by atomics" * doctest::skip(!simt::under_tsan)) {
  simt::reset();
  const Buffer<int> count(std::vector<int>{0});
  const Buffer<float> sum(std::vector<float>{0});
  CHECK(races(count_plainly, {.blocks = 2}, count.data()));
  CHECK_FALSE(races(count_plainly, {.blocks = 1}, count.data()));
  CHECK_FALSE(races(count_atomically, {.blocks = 4}, count.data(), sum.data()));
}

TEST_CASE("every phase between barriers is watched" * doctest::skip(!simt::under_tsan)) {
  simt::reset();
  const Buffer<float> out(std::size_t{64});
  for (const bool by_warp : {true, false}) {
    const simt::Shape shape{.threads = 64, .shared = 256};
    CAPTURE(by_warp);
    CHECK_FALSE(races(exchange, shape, 3, by_warp, true, out.data()));
    CHECK_FALSE(races(exchange, shape, 1, by_warp, false, out.data()));
    CHECK(races(exchange, shape, 2, by_warp, false, out.data()));
  }
}

TEST_CASE("groups of a warp are ordered each for itself" * doctest::skip(!simt::under_tsan)) {
  simt::reset();
  const Buffer<float> out(std::size_t{32});
  CHECK_FALSE(races(meet_in_halves, {.shared = 128}, 1u, out.data()));
  CHECK(races(meet_in_halves, {.shared = 128}, 16u, out.data()));
}

TEST_CASE("blocks share no shared memory, launches follow each other" * doctest::skip(!simt::under_tsan)) {
  simt::reset();
  const Buffer<float> out(std::size_t{256});
  CHECK_FALSE(races(write_shared_of_block, {.blocks = 8, .shared = 128}, out.data()));
  const simt::Death death = simt::run_apart([&] {
    for (int n = 0; n < 3; ++n)
      simt::launch(write_shared_of_block, {.blocks = 2, .shared = 128}, out.data());
    static_cast<void>(out.read());
  });
  CHECK(death.clean);
}

TEST_CASE("local memory is each thread's own" * doctest::skip(!simt::under_tsan)) {
  simt::reset();
  const Buffer<float> out(std::size_t{1024});
  CHECK_FALSE(races(use_local_memory, {.blocks = 32}, 20, out.data()));
}
