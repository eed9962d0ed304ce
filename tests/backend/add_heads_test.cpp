#include <doctest/doctest.h>

#include <vector>

#include "mercer/base/annotate.hpp"
#include "mercer/kernel/loops/components.hpp"

using namespace mercer;

namespace {

/// Whole numbers, so that every sum is exact.
Real whole_number(Index n) { return static_cast<Real>(n * 7 % 11 - 5); }

std::vector<Real> whole_numbers(Index count) {
  std::vector<Real> x(static_cast<std::size_t>(count));
  for (Index n = 0; n < count; ++n)
    x[static_cast<std::size_t>(n)] = whole_number(n);
  return x;
}

}  // namespace

TEST_CASE("heads of any number and width are summed over the edges first … last − 1, each with its own weight") {
  constexpr int edges = 5, first = 1, last = 4;
  for (const Index heads : {1, 2, 3, 4, 8, 9, 17})
    for (const Index d : {1, 7, 8, 9, 16, 32, 40, 64, 100, 128}) {
      CAPTURE(heads);
      CAPTURE(d);
      const Index width = heads * d;
      const std::vector<Real> x = whole_numbers(edges * width), weight = whole_numbers(edges * heads);
      std::vector<Real> sum = whole_numbers(width), want = sum;
      for (int e = first; e < last; ++e)
        for (Index c = 0; c < width; ++c)
          want[static_cast<std::size_t>(c)] +=
              weight[static_cast<std::size_t>(e * heads + c / d)] * x[static_cast<std::size_t>(e * width + c)];
      cpu::add_heads(sum.data(), heads, d, first, last, weight.data(), cpu::NoneAhead{},
                     [&]<class R>(int e, Index c) -> R { return cpu::load<R>(x.data() + e * width + c); });
      CHECK(sum == want);
    }
}
