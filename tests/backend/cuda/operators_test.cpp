#include <doctest/doctest.h>

#include "backend/cuda/compare.hpp"
#include "backend/cuda/cublas_face.hpp"
#include "backend/cuda/lane_orders.hpp"

namespace mercer::test {
namespace {

const std::vector<Index> rows{0, 1, 7, 8, 9, 31, 32, 33, 65};

void check_all(const std::vector<OperatorCase>& cases, const std::vector<Shape>& shapes) {
  for (const OperatorCase& op : cases)
    for (const Index n : rows)
      for (const Shape& shape : shapes)
        check_on_both(op, n, shape);
}

}  // namespace

TEST_SUITE("cuda = cpu" * doctest::skip(!device_present())) {
  TEST_CASE("rows and columns") { check_all(row_cases(), {{1, 1}, {2, 4}, {3, 5}, {1, 33}, {1, 300}}); }
  TEST_CASE("products by mercer's own kernel") {
    cublas_goes_away(true);
    check_all(product_cases(), {{1, 1}, {3, 5}, {2, 8}, {1, 33}, {5, 16}, {2, 67}});
    cublas_goes_away(false);
  }
  TEST_CASE("products") { check_all(product_cases(), {{1, 1}, {3, 5}, {2, 8}, {1, 33}, {5, 16}, {2, 67}}); }
  TEST_CASE("heads") { check_all(head_cases(), {{1, 1}, {1, 7}, {2, 8}, {3, 5}, {8, 8}, {1, 33}, {2, 67}}); }
  TEST_CASE("features") { check_all(feature_cases(), {{1, 1}, {2, 8}, {3, 5}, {1, 33}, {2, 40}}); }
  TEST_CASE("losses") { check_all(loss_cases(), {{1, 1}, {1, 2}, {1, 7}, {1, 32}, {1, 33}, {1, 70}}); }
  TEST_CASE("optimizers") { check_all(optimizer_cases(), {{1, 0}, {1, 1}, {1, 7}, {1, 33}}); }
}

}  // namespace mercer::test
