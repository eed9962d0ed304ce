// Warp operations, atomics and arithmetic, each against its definition.

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "simt/device_buffer.hpp"

using simt::Buffer;

namespace {

template <class T>
__global__ void shuffle(int mode, int by, int width, const T* x, T* out) {
  const unsigned t = threadIdx.x, all = 0xffffffffu;
  const unsigned delta = static_cast<unsigned>(by);
  const T value = x[t];
  out[t] = mode == 0   ? __shfl_sync(all, value, by, width)
           : mode == 1 ? __shfl_up_sync(all, value, delta, width)
           : mode == 2 ? __shfl_down_sync(all, value, delta, width)
                       : __shfl_xor_sync(all, value, by, width);
}

// The lane that lane l reads, in the words of the programming guide.
int source(int mode, int l, int by, int width) {
  const int first = l / width * width, place = l % width;
  if (mode == 0) return first + (by % width + width) % width;
  if (mode == 1) return place - by >= 0 ? l - by : l;
  if (mode == 2) return place + by < width ? l + by : l;
  const int other = l ^ by;
  return other < first + width ? other : l;
}

template <class T>
void check_shuffles() {
  simt::reset();
  std::vector<T> x;
  for (int l = 0; l < 32; ++l)
    x.push_back(static_cast<T>(l) + static_cast<T>(1) / static_cast<T>(3));
  const Buffer<T> dx(x), out(x.size());
  for (int mode = 0; mode < 4; ++mode) {
    for (const int width : {1, 2, 8, 16, 32}) {
      for (const int by : {0, 1, 3, 15, 16, 31}) {
        simt::launch(shuffle<T>, {}, mode, by, width, dx.data(), out.data());
        const std::vector<T> got = out.read();
        for (int l = 0; l < 32; ++l) {
          CAPTURE(mode);
          CAPTURE(width);
          CAPTURE(by);
          REQUIRE(got[static_cast<std::size_t>(l)] == x[static_cast<std::size_t>(source(mode, l, by, width))]);
        }
      }
    }
  }
}

__global__ void vote(const int* x, unsigned* out) {
  const unsigned t = threadIdx.x, mask = t < 20 ? 0x000fffffu : 0xfff00000u;
  out[4 * t] = __ballot_sync(mask, x[t]);
  out[4 * t + 1] = static_cast<unsigned>(__any_sync(mask, x[t]));
  out[4 * t + 2] = static_cast<unsigned>(__all_sync(mask, x[t]));
  out[4 * t + 3] = __activemask();
}

__global__ void read_outside(float* out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_xor_sync(0xffffu, 1.0f, 16);
}

__global__ void change(int* i, unsigned* u, unsigned long long* l, float* f) {
  const int t = static_cast<int>(threadIdx.x);
  atomicAdd(i, t);
  atomicMax(i + 1, t);
  atomicMin(i + 2, -t);
  atomicAdd(u, 1);
  atomicMax(u + 1, threadIdx.x);
  atomicExch(u + 2, 7);
  atomicCAS(u + 3, threadIdx.x, threadIdx.x + 1);
  atomicAdd(l, 1ull << 40);
  atomicAdd(f, 0.5f);
  atomicExch(f + 1, 3);
  __threadfence();
}

}  // namespace

TEST_CASE("shuffles read the lane that the programming guide says") {
  check_shuffles<int>();
  check_shuffles<unsigned>();
  check_shuffles<long long>();
  check_shuffles<unsigned long long>();
  check_shuffles<float>();
  check_shuffles<double>();
}

TEST_CASE("votes count the lanes of their mask") {
  simt::reset();
  std::vector<int> x(32, 0);
  for (std::size_t l = 18; l < 32; ++l)
    x[l] = 5;
  const Buffer<int> dx(x);
  const Buffer<unsigned> out(std::size_t{128});
  simt::launch(vote, {}, dx.data(), out.data());
  const std::vector<unsigned> got = out.read();
  for (unsigned l = 0; l < 32; ++l) {
    CHECK(got[4 * l] == (l < 20 ? 0x000c0000u : 0xfff00000u));
    CHECK(got[4 * l + 1] == 1);
    CHECK(got[4 * l + 2] == (l < 20 ? 0 : 1));
    CHECK(got[4 * l + 3] == 1u << l);
  }
}

TEST_CASE("a shuffle from outside of its mask reads NaN") {
  simt::reset();
  const Buffer<float> out(std::vector<float>(16, 0.0f));
  simt::launch(read_outside, {}, out.data());
  for (const float value : out.read())
    CHECK(std::isnan(value));
}

TEST_CASE("atomics change what they point to") {
  simt::reset();
  const Buffer<int> i(std::vector<int>{0, 0, 0});
  const Buffer<unsigned> u(std::vector<unsigned>{0, 0, 0, 0});
  const Buffer<unsigned long long> l(std::vector<unsigned long long>{0});
  const Buffer<float> f(std::vector<float>{0, 0});
  simt::launch(change, {.threads = 64}, i.data(), u.data(), l.data(), f.data());
  CHECK(i.read() == std::vector<int>{2016, 63, -63});
  CHECK(u.read() == std::vector<unsigned>{64, 63, 7, 64});
  CHECK(l.read()[0] == 64ull << 40);
  CHECK(f.read() == std::vector<float>{32.0f, 3.0f});
}

TEST_CASE("arithmetic intrinsics compute what they are named after") {
  for (const float x : {0.25f, 1.0f, 3.5f}) {
    CHECK(__expf(x) == doctest::Approx(std::exp(x)));
    CHECK(__logf(x) == doctest::Approx(std::log(x)));
    CHECK(__sinf(x) == doctest::Approx(std::sin(x)));
    CHECK(__cosf(x) == doctest::Approx(std::cos(x)));
    CHECK(rsqrtf(x) == doctest::Approx(1 / std::sqrt(x)));
    CHECK(__frcp_rn(x) == 1 / x);
    CHECK(__fdividef(x, 3.0f) == x / 3.0f);
    CHECK(__fmaf_rn(x, x, -x * x) == std::fma(x, x, -x * x));
    CHECK(__uint_as_float(__float_as_uint(x)) == x);
    CHECK(__int_as_float(__float_as_int(x)) == x);
    float sine = 0, cosine = 0;
    sincospif(x, &sine, &cosine);
    CHECK(sine == doctest::Approx(std::sin(3.14159265358979 * x)).epsilon(1e-5));
    CHECK(cosine == doctest::Approx(std::cos(3.14159265358979 * x)).epsilon(1e-5));
  }
  CHECK(__popc(0xf0f0u) == 8);
  CHECK(__clz(1) == 31);
  CHECK(__clz(0) == 32);
  CHECK(__ffs(0) == 0);
  CHECK(__ffs(8) == 4);
  CHECK(__umulhi(0xffffffffu, 0x10u) == 0xf);
}
