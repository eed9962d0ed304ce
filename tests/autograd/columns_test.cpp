#include <doctest/doctest.h>

#include <limits>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("slice and concat undo each other") {
  for (const Index n : sizes)
    for (const Index d : {0, 1, 8, 33}) {
      const Variable x(random_tensor(n, 3 * d, 1));
      std::vector<Variable> parts;
      for (Index part = 0; part < 3; ++part)
        parts.push_back(slice(x, part * d, d));
      CHECK(same_bits(concat(parts).value(), x.value()));
      if (n > 0 && d > 0) CHECK(parts[1].value()(n - 1, d - 1) == x.value()(n - 1, 2 * d - 1));
    }
}

TEST_CASE("a slice of columns that are not there is refused") {
  const Variable x(random_tensor(2, 5, 1));
  CHECK_THROWS_WITH_AS(slice(x, 3, 3),
                       "[slice] first 3, count 3: got an x of 5 columns, want first and count of at least 0 and an "
                       "end within x",
                       ValueError);
  CHECK_THROWS_AS(slice(x, std::numeric_limits<Index>::max(), 2), ValueError);
  CHECK_THROWS_AS(slice(x, 2, std::numeric_limits<Index>::max()), ValueError);
  CHECK_THROWS_AS(slice(x, -1, 2), ValueError);
  CHECK_THROWS_AS(concat({}), ValueError);
  CHECK_THROWS_AS(concat({x, Variable(random_tensor(3, 5, 1))}), ShapeError);
}

TEST_CASE("gradients of slices that overlap, and of parts of which one is used twice") {
  check_gradient(
      [](const Variable& x, const Variable& z) {
        const Variable overlapping = multiply(slice(x, 0, 4), slice(x, 2, 4));
        return concat({overlapping, z, elu(z)});
      },
      random_tensor(4, 6, 2), random_tensor(4, 3, 3));
}
