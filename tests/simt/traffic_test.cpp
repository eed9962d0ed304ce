#include "simt/machine/traffic.hpp"

#include <doctest/doctest.h>

#include "simt/device_buffer.hpp"
#include "simt/fault_text.hpp"

using simt::Buffer;
using simt::Traffic;

namespace {

__global__ void copy_strided(unsigned n, unsigned stride, const float* x, float* y) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) __stcs(y + i * stride, __ldg(x + i * stride));
}

__global__ void copy_by_four(unsigned n, const float4* x, float4* y) {
  for (unsigned i = threadIdx.x; i < n; i += blockDim.x)
    __stcs(y + i, __ldg(x + i));
}

template <int Times>
__global__ void read_one_place(const int* x, int* y) {
  int sum = 0;
  for (int n = 0; n < Times; ++n)
    sum += __ldg(x);
  if (threadIdx.x % 2 == 0) __stwb(y + threadIdx.x, sum);
}

__global__ void read_misaligned(const float* x, float* y) {
  __stcg(y, __ldg(reinterpret_cast<const float4*>(x + 1)).x);
}

Traffic copy(unsigned n, unsigned stride, simt::Order order = simt::Order::forward) {
  simt::reset();
  simt::config() = {.lanes = order, .traffic = true};
  const Buffer<float> x(std::vector<float>(n * stride, 1.0f)), y(std::size_t{n} * stride);
  simt::launch(copy_strided, {.blocks = (n + 127) / 128, .threads = 128}, n, stride, x.data(), y.data());
  simt::require(cudaDeviceSynchronize());
  return simt::traffic("copy_strided");
}

}  // namespace

TEST_CASE("a coalesced copy moves the bytes that it copies") {
  for (const simt::Order order : {simt::Order::forward, simt::Order::reverse, simt::Order::random}) {
    const Traffic moved = copy(1024, 1, order);
    CHECK(moved.loads.count == 32);
    CHECK(moved.loads.bytes == 4096);
    CHECK(moved.loads.sectors * simt::sector_bytes == 4096);
    CHECK(moved.stores.count == 32);
    CHECK(moved.stores.bytes == 4096);
    CHECK(moved.stores.sectors * simt::sector_bytes == 4096);
  }
}

TEST_CASE("a strided copy moves a sector for each float: eight times as much") {
  CHECK(copy(1024, 2).loads.sectors * simt::sector_bytes == 2 * 4096);
  CHECK(copy(1024, 8).loads.sectors * simt::sector_bytes == 8 * 4096);
  CHECK(copy(1024, 8).stores.sectors * simt::sector_bytes == 8 * 4096);
  CHECK(copy(1024, 100).stores.sectors * simt::sector_bytes == 8 * 4096);
}

TEST_CASE("a loop makes one access of the warp each time round") {
  simt::reset();
  simt::config().traffic = true;
  const Buffer<float4> x(std::size_t{100}), y(std::size_t{100});
  simt::launch(copy_by_four, {}, 100u, x.data(), y.data());
  simt::require(cudaDeviceSynchronize());
  const Traffic moved = simt::traffic("copy_by_four");
  CHECK(moved.loads.count == 4);
  CHECK(moved.loads.sectors == 50);
  CHECK(moved.stores.bytes == 1600);
}

TEST_CASE("lanes that read one place share its sector; instantiations and launches add up") {
  simt::reset();
  simt::config().traffic = true;
  const Buffer<int> x(std::vector<int>{1}), y(std::size_t{32});
  simt::launch(read_one_place<2>, {}, x.data(), y.data());
  simt::launch(read_one_place<3>, {}, x.data(), y.data());
  simt::require(cudaDeviceSynchronize());
  simt::config().traffic = false;
  simt::launch(read_one_place<3>, {}, x.data(), y.data());
  simt::require(cudaDeviceSynchronize());
  const Traffic moved = simt::traffic("read_one_place");
  CHECK(moved.loads.count == 5);
  CHECK(moved.loads.sectors == 5);
  CHECK(moved.loads.bytes == 5 * 32 * 4);
  CHECK(moved.stores.count == 2);
  CHECK(moved.stores.sectors == 8);
  CHECK(moved.stores.bytes == 2 * 16 * 4);
  CHECK(simt::traffic("copy_strided").loads.count == 0);
}

TEST_CASE("a misaligned access is a fault") {
  simt::reset();
  const Buffer<float> x(std::vector<float>(8, 1.0f)), y(std::size_t{1});
  const std::string text = simt::fault_of([&] {
    simt::launch(read_misaligned, {}, x.data(), y.data());
    simt::require(cudaDeviceSynchronize());
  });
  CHECK(simt::says(text, "misaligned access of 16 bytes: kernel (anonymous namespace)::read_misaligned"));
}
