#include "mercer/autograd/row_runs.hpp"

#include <doctest/doctest.h>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;

TEST_CASE("rows are cut into runs and stacked again, with gradients") {
  const Tensor x = test::random_tensor(7, 3);
  const std::vector<Index> offset{0, 3, 3, 7};
  const std::vector<Variable> runs = cut_rows(Variable(x), offset);
  REQUIRE(runs.size() == 3);
  CHECK(runs[0].rows() == 3);
  CHECK(runs[1].rows() == 0);
  CHECK(runs[2].value()(1, 2) == x(4, 2));
  CHECK(test::same_bits(stack_rows(runs).value(), x));
  test::check_gradient(
      [&](const Variable& v) {
        const std::vector<Variable> cut = cut_rows(v, offset);
        return stack_rows({multiply(cut[2], cut[2]), cut[1], scale(cut[0], 3)});
      },
      x);
}

TEST_CASE("runs that can't be are refused by name") {
  const Variable x(Tensor(2, 3));
  CHECK_THROWS_AS(cut_rows(x, std::vector<Index>{0, 3}), ValueError);
  CHECK_THROWS_WITH_AS(stack_rows({}), doctest::Contains("no parts"), ValueError);
  CHECK_THROWS_WITH_AS(stack_rows({x, Variable(Tensor(2, 2))}), doctest::Contains("columns of a part"), ShapeError);
}
