#include <doctest/doctest.h>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("columns and beside undo each other") {
  for (const Index n : sizes)
    for (const Index d : {0, 1, 8, 33}) {
      const Variable x(random_tensor(n, 3 * d, 1));
      std::vector<Variable> parts;
      for (Index part = 0; part < 3; ++part)
        parts.push_back(columns(x, part * d, d));
      CHECK(same_bits(beside(parts).value(), x.value()));
      if (n > 0 && d > 0) CHECK(parts[1].value()(n - 1, d - 1) == x.value()(n - 1, 2 * d - 1));
    }
}

TEST_CASE("columns that are not there are refused") {
  const Variable x(random_tensor(2, 5, 1));
  CHECK_THROWS_AS(columns(x, 3, 3), ValueError);
  CHECK_THROWS_AS(columns(x, -1, 2), ValueError);
  CHECK_THROWS_AS(beside({}), ValueError);
  CHECK_THROWS_AS(beside({x, Variable(random_tensor(3, 5, 1))}), ShapeError);
}

TEST_CASE("gradients of columns that overlap, and of parts of which one is used twice") {
  check_gradient(
      [](const Variable& x, const Variable& z) {
        const Variable overlapping = multiply(columns(x, 0, 4), columns(x, 2, 4));
        return beside({overlapping, z, elu(z)});
      },
      random_tensor(4, 6, 2), random_tensor(4, 3, 3));
}
