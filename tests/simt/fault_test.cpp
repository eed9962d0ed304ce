#include "simt/fault_text.hpp"

#include <doctest/doctest.h>

#include "simt/device_buffer.hpp"

using simt::Buffer;
using simt::Fault;
using simt::fault_of;
using simt::says;

namespace {

constexpr int barriers_line = __LINE__ + 3;
__global__ void take_two_barriers(unsigned split) {
  if (threadIdx.x < split) {
    __syncthreads();
  } else {
    __syncthreads();
  }
}

constexpr int shuffle_line = __LINE__ + 4;
__global__ void shuffle_in_one_branch(int* out) {
  int value = static_cast<int>(threadIdx.x);
  if (threadIdx.x % 32 < 16) {
    value = __shfl_xor_sync(0xffffffffu, value, 1);
  } else {
    __syncthreads();
  }
  out[threadIdx.x] = value;
}

__global__ void cross_masks() {
  if (threadIdx.x < 2) {
    __syncwarp(threadIdx.x == 0 ? 0x3u : 0x6u);
  } else if (threadIdx.x == 2) {
    __syncwarp(0x5u);
  }
}

__global__ void shuffle_after_exit() {
  if (threadIdx.x == 37) return;
  static_cast<void>(__shfl_sync(0xffffffffu, 1, 0));
}

__global__ void name_others() {
  if (threadIdx.x == 3) __syncwarp(0x7u);
}

__global__ void mix_votes() {
  if (threadIdx.x % 2 == 0) {
    static_cast<void>(__any_sync(0xffffffffu, 1));
  } else {
    static_cast<void>(__all_sync(0xffffffffu, 1));
  }
}

__global__ void shuffle_by_width(int width) { static_cast<void>(__shfl_sync(0xffffffffu, 1, 0, width)); }

template <int N>
__global__ void leave_early(int* out) {
  if (threadIdx.x >= N) return;
  __syncthreads();
  if (threadIdx.x == 0) out[0] = N;
}

template <class... Parameters, class... Arguments>
std::string run(void (*kernel)(Parameters...), const simt::Shape& shape, Arguments... arguments) {
  simt::reset();
  return fault_of([&] {
    simt::launch(kernel, shape, arguments...);
    simt::require(cudaDeviceSynchronize());
  });
}

}  // namespace

TEST_CASE("a divergent barrier is a fault that names both places") {
  const std::string text = run(take_two_barriers, {.blocks = 2, .threads = 96}, 64u);
  CHECK(says(text, "divergent __syncthreads"));
  CHECK(says(text, "take_two_barriers, block (0,0,0), thread (0,0,0)"));
  CHECK(says(text, "thread (64,0,0)"));
  CHECK(says(text, "fault_test.cpp:" + std::to_string(barriers_line) + ":"));
  CHECK(says(text, "fault_test.cpp:" + std::to_string(barriers_line + 2) + ":"));
  CHECK(run(take_two_barriers, {.threads = 96}, 96u).empty());
}

TEST_CASE("a shuffle that some lanes of its mask never reach is a deadlock") {
  simt::reset();
  const Buffer<int> out(std::size_t{64});
  const std::string text = fault_of([&] {
    simt::launch(shuffle_in_one_branch, {.threads = 64}, out.data());
    simt::require(cudaDeviceSynchronize());
  });
  CHECK(says(text, "deadlock: __shfl_xor_sync"));
  CHECK(says(text, "shuffle_in_one_branch"));
  CHECK(says(text, "fault_test.cpp:" + std::to_string(shuffle_line) + ":"));
  CHECK(says(text, "fault_test.cpp:" + std::to_string(shuffle_line + 2) + ":"));
}

TEST_CASE("masks that wait for each other are a deadlock") {
  const std::string text = run(cross_masks, {});
  CHECK(says(text, "deadlock: __syncwarp"));
  CHECK(says(text, "thread (2,0,0)"));
}

TEST_CASE("a mask may name neither a lane that has returned nor one that does not exist") {
  const std::string text = run(shuffle_after_exit, {.blocks = dim3(1, 3), .threads = 64});
  CHECK(says(text, "names lane 5, which has returned"));
  CHECK(says(text, "block (0,0,0), thread (32,0,0)"));
  CHECK(says(run(mix_votes, {.threads = 20}), "names lane 20, which has returned or does not exist"));
}

TEST_CASE("a mask has to hold its caller") {
  CHECK(says(run(name_others, {}), "__syncwarp: the caller's bit is not in its mask"));
}

TEST_CASE("lanes of one mask meet at one operation") {
  CHECK(says(run(mix_votes, {}), "lanes of one mask meet at different operations: __any_sync"));
}

TEST_CASE("the width of a shuffle is a power of two") {
  for (const int width : {0, 3, 33, 64, -1})
    CHECK(says(run(shuffle_by_width, {}, width), "want a power of two"));
  for (const int width : {1, 2, 4, 8, 16, 32})
    CHECK(run(shuffle_by_width, {}, width).empty());
}

TEST_CASE("threads that have returned are not waited for at a barrier") {
  simt::reset();
  const Buffer<int> out(std::size_t{1});
  simt::launch(leave_early<40>, {.threads = 96}, out.data());
  CHECK(out.read().at(0) == 40);
}

TEST_CASE("the machine goes on after a fault, without the work that was left") {
  simt::reset();
  const Buffer<int> out(std::vector<int>{7});
  simt::launch(name_others, {});
  simt::launch(leave_early<8>, {}, out.data());
  CHECK_THROWS_AS(cudaDeviceSynchronize(), Fault);
  CHECK(out.read().at(0) == 7);
  simt::launch(leave_early<9>, {}, out.data());
  CHECK(out.read().at(0) == 9);
}

TEST_CASE("a fault that only a release has met is thrown by the next call that may throw") {
  simt::reset();
  simt::launch(name_others, {});
  void* memory = nullptr;
  simt::require(cudaMalloc(&memory, 4));
  CHECK_NOTHROW(cudaFree(memory));
  CHECK_THROWS_AS(simt::check_leaks(), Fault);
  CHECK_NOTHROW(simt::check_leaks());
}
