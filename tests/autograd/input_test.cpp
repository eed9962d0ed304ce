#include <doctest/doctest.h>

#include <memory>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

using namespace mercer;

TEST_CASE("an input without a matrix is refused where it is made") {
  const std::shared_ptr<const SparseMatrix> none;
  CHECK_THROWS_WITH_AS(Input{none}, "[Input] got a null pointer, want features", ValueError);
}
