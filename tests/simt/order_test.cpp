// A kernel that leans on an order which CUDA does not promise gives a wrong result in one of the machine's orders.

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "simt/device_buffer.hpp"

using simt::Buffer;
using simt::Order;

namespace {

constexpr Order all_orders[] = {Order::forward, Order::reverse, Order::random};

__global__ void note_turn(int* turns, int* counter) {
  turns[blockIdx.x * blockDim.x + threadIdx.x] = atomicAdd(counter, 1);
}

// out[t] = value of the next thread in the block, if the barriers that it needs are there
__global__ void pass_on(bool warp_barrier, bool block_barrier, float* out) {
  MERCER_SHARED(float, x);
  x[threadIdx.x] = static_cast<float>(threadIdx.x);
  if (warp_barrier) __syncwarp();
  if (block_barrier) __syncthreads();
  out[threadIdx.x] = x[(threadIdx.x + 1) % blockDim.x];
}

std::vector<int> turns(Order order, std::uint64_t seed = 1) {
  simt::reset();
  simt::config() = {.lanes = order, .seed = seed};
  const Buffer<int> turn(std::size_t{320}), counter(std::vector<int>{0});
  simt::launch(note_turn, {.blocks = 5, .threads = 64}, turn.data(), counter.data());
  return turn.read();
}

bool passes_on(Order order, unsigned threads, bool warp_barrier, bool block_barrier) {
  simt::reset();
  simt::config().lanes = order;
  const Buffer<float> out(std::size_t{threads});
  simt::launch(pass_on, {.threads = threads, .shared = threads * sizeof(float)}, warp_barrier, block_barrier,
               out.data());
  const std::vector<float> values = out.read();
  for (unsigned t = 0; t < threads; ++t) {
    if (values[t] != static_cast<float>((t + 1) % threads)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("threads run forward, in reverse, or in an order drawn from the seed") {
  std::vector<int> expected(320);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(turns(Order::forward) == expected);
  std::reverse(expected.begin(), expected.end());
  CHECK(turns(Order::reverse) == expected);
  std::vector<int> drawn = turns(Order::random, 1);
  CHECK(drawn == turns(Order::random, 1));
  CHECK(drawn != turns(Order::random, 2));
  std::sort(drawn.begin(), drawn.end());
  std::reverse(expected.begin(), expected.end());
  CHECK(drawn == expected);
}

TEST_CASE("blocks of a grid in three dimensions each run once, in every order") {
  for (const Order order : all_orders) {
    simt::reset();
    simt::config().lanes = order;
    const Buffer<int> count(std::vector<int>(24, 0));
    simt::launch(
        +[](int* counts) { atomicAdd(counts + (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x, 1); },
        {.blocks = dim3(2, 3, 4), .threads = dim3(2, 2, 2)}, count.data());
    CHECK(count.read() == std::vector<int>(24, 8));
  }
}

// ThreadSanitizer reports these before the order can
TEST_CASE("a missing barrier gives a wrong result in some order" * doctest::skip(simt::under_tsan)) {
  const auto always = [](unsigned threads, bool warp_barrier, bool block_barrier) {
    return std::all_of(std::begin(all_orders), std::end(all_orders),
                       [&](Order order) { return passes_on(order, threads, warp_barrier, block_barrier); });
  };
  CHECK_FALSE(always(32, false, false));
  CHECK_FALSE(always(64, true, false));
  CHECK(always(32, true, false));
  CHECK(always(64, false, true));
  CHECK(always(1000, false, true));
}
