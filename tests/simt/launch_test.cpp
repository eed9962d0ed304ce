#include <doctest/doctest.h>

#include <numeric>
#include <vector>

#include "simt/device_buffer.hpp"
#include "simt/kernels.cuh"

using simt::Buffer;

TEST_CASE("a kernel reaches every element once") {
  for (const int n : {1, 7, 31, 32, 33, 255, 256, 257, 1000}) {
    simt::reset();
    {
      CAPTURE(n);
      std::vector<float> x(static_cast<std::size_t>(n)), y(x.size(), 1.0f);
      std::iota(x.begin(), x.end(), 0.0f);
      const Buffer<float> dx(x), dy(y);
      simt::launch(saxpy, {.blocks = static_cast<unsigned>(n + 127) / 128, .threads = 128}, n, 2.0f, dx.data(),
                   dy.data());
      y = dy.read();
      for (std::size_t i = 0; i < x.size(); ++i)
        REQUIRE(y[i] == 2.0f * x[i] + 1.0f);
    }
    simt::check_leaks();
  }
}

TEST_CASE("a block sums through its shared memory") {
  for (const unsigned threads : {1u, 2u, 32u, 64u, 1024u}) {
    simt::reset();
    CAPTURE(threads);
    const std::vector<float> x(100, 1.0f);
    const unsigned blocks = (100 + threads - 1) / threads;
    const Buffer<float> dx(x), sums(std::vector<float>(blocks, -1.0f));
    simt::launch(sum_blocks, {.blocks = blocks, .threads = threads, .shared = threads * sizeof(float)}, 100, dx.data(),
                 sums.data());
    const std::vector<float> parts = sums.read();
    CHECK(std::accumulate(parts.begin(), parts.end(), 0.0f) == 100.0f);
    CHECK(parts.back() == static_cast<float>(100 - (blocks - 1) * threads));
  }
}

TEST_CASE("a warp scans by shuffles") {
  simt::reset();
  std::vector<int> x(96);
  std::iota(x.begin(), x.end(), 1);
  const Buffer<int> dx(x), out(std::vector<int>(96, -1));
  simt::launch(scan_warps, {.blocks = 1, .threads = 96}, dx.data(), out.data());
  const std::vector<int> sums = out.read();
  for (std::size_t i = 0; i < 96; ++i) {
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(i / 32 * 32);
    CHECK(sums[i] == std::accumulate(first, x.begin() + static_cast<std::ptrdiff_t>(i) + 1, 0));
  }
}
