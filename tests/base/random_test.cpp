#include "mercer/base/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <vector>

using namespace mercer;

TEST_CASE("Philox gives the known answers of Random123") {
  // Random123 kat_vectors, philox4x32 with 10 rounds
  CHECK(Philox::draw({0, 0}, {0, 0, 0, 0}) == Philox::Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(Philox::draw({0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}) ==
        Philox::Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(Philox::draw({0xa4093822, 0x299f31d0}, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}) ==
        Philox::Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("uniform and normal draws have the moments of their distributions") {
  Random random(7);
  const int n = 200000;
  double mean = 0, square = 0, normal_mean = 0, normal_square = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform(), z = random.normal();
    REQUIRE((u >= 0 && u < 1));
    mean += u / n;
    square += u * u / n;
    normal_mean += z / n;
    normal_square += z * z / n;
  }
  CHECK(mean == doctest::Approx(0.5).epsilon(0.01));
  CHECK(square == doctest::Approx(1.0 / 3).epsilon(0.01));
  CHECK(std::abs(normal_mean) < 0.01);
  CHECK(normal_square == doctest::Approx(1).epsilon(0.01));
}

TEST_CASE("below reaches every value about equally, and shuffle permutes") {
  Random random(3, 1);
  std::vector<int> count(5, 0);
  for (int i = 0; i < 50000; ++i)
    ++count[random.below(5)];
  for (const int c : count)
    CHECK(std::abs(c - 10000) < 500);

  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  auto shuffled = items;
  random.shuffle(shuffled);
  CHECK(shuffled != items);
  std::ranges::sort(shuffled);
  CHECK(shuffled == items);
}

TEST_CASE("dropout keeps the expectation, also at the ends") {
  CHECK(Dropout{0.0f}.scale() == 1);
  CHECK_FALSE(Dropout{0.0f}.active());
  CHECK(Dropout{1.0f}.scale() == 0);
  const Dropout drop{0.6f, {1, 2, 3}};
  int kept = 0;
  for (std::uint32_t n = 0; n < 20000; ++n)
    for (int part = 0; part < 8; ++part)
      kept += sixteen_bits(drop.stream.draw(n), part) >= drop.threshold() ? 1 : 0;
  CHECK(kept * static_cast<double>(drop.scale()) / 160000 == doctest::Approx(1).epsilon(0.02));
}
