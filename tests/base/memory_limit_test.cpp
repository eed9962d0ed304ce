#include "mercer/base/memory_limit.hpp"

#include <doctest/doctest.h>

#include <new>
#include <thread>

#include "mercer/base/buffer.hpp"

using namespace mercer;

TEST_CASE("buffers of a thread are limited while the limit lives") {
  const auto take = [](std::size_t bytes) { return Buffer(bytes, Device::cpu).bytes(); };
  {
    const MemoryLimit limit(10'000);
    CHECK(take(6'000) == 6'000);
    CHECK_THROWS_AS(take(6'000), std::bad_alloc);  // freed ones count too
    CHECK(take(1'000) == 1'000);
    {
      const MemoryLimit inner(100'000);
      CHECK(take(50'000) == 50'000);
    }
    CHECK_THROWS_AS(take(std::size_t{1} << 60), std::bad_alloc);
    std::thread([&] { CHECK(take(20'000) == 20'000); }).join();
    const auto many = [&] {
      for (int n = 0; n < 1'000; ++n)
        take(1);
    };
    CHECK_THROWS_AS(many(), std::bad_alloc);
  }
  CHECK(take(20'000) == 20'000);
}

TEST_CASE("the memory of a machine is known") {
  CHECK(usable_memory() > (std::size_t{1} << 20));
  CHECK(usable_memory() < (std::size_t{1} << 50));
}
