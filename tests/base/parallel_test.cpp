#include "mercer/base/parallel.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

using namespace mercer;

TEST_CASE("every block runs once, on any number of threads") {
  for (const int count : {1, 2, 4}) {
    set_threads(count);
    std::vector<int> runs(1000, 0);
    parallel_ranges(1000, 7, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i)
        ++runs[static_cast<std::size_t>(i)];
    });
    CHECK(runs == std::vector<int>(1000, 1));
  }
  set_threads(0);
}

TEST_CASE("an exception leaves the parallel region") {
  set_threads(2);
  CHECK_THROWS_WITH_AS(parallel_blocks(100,
                                       [](Index b) {
                                         if (b == 57) throw std::runtime_error("block 57");
                                       }),
                       "block 57", std::runtime_error);
  set_threads(0);
}
