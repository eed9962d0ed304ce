#include <doctest/doctest.h>

#include <vector>

#include "backend/cuda/compare.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "backend/operators.hpp"

/// Sizes at which the kernels cut their work: several blocks of a sum, pieces of an inner dimension, long lists.
namespace mercer::test {
namespace {

OperatorCase case_of(const std::vector<OperatorCase>& cases, const std::string& name) {
  for (const OperatorCase& op : cases)
    if (op.name == name) return op;
  FAIL("no such case: " << name);
  return {};
}

OperatorCase scatter_to(Index targets) {
  return {"scatter_rows", Closeness::whole, [targets](Device on, Index n, Shape s) {
            const Tensor dy = operand(on, n, s.columns(), 1);
            std::vector<Node> rows(static_cast<std::size_t>(n));
            for (std::size_t i = 0; i < rows.size(); ++i)
              rows[i] = static_cast<Node>(static_cast<Index>(i * i) % targets);
            Tensor dx = Tensor::uninitialized(targets, s.columns(), on);
            op::scatter_rows(dy, rows.data(), dx);
            return std::vector<Tensor>{dx};
          }};
}

}  // namespace

TEST_SUITE("cuda = cpu, long" * doctest::skip(!device_present())) {
  TEST_CASE("sums of several blocks") {
    for (const char* name : {"sum_of_rows", "sum"}) {
      check_on_both(case_of(row_cases(), name), 9001, {1, 1});
      check_on_both(case_of(row_cases(), name), 1025, {1, 7});
      check_on_both(case_of(row_cases(), name), 300, {1, 70});
    }
    check_on_both(case_of(optimizer_cases(), "sum_of_squares"), 9001, {1, 1});
    check_on_both(case_of(loss_cases(), "cross_entropy"), 4100, {1, 2});
    check_on_both(case_of(head_cases(), "scale_heads_backward_s"), 1025, {2, 5});
    check_on_both(case_of(product_cases(), "turn_back_backward"), 1025, {2, 3});
  }

  TEST_CASE("a long inner dimension in pieces") {
    check_on_both(case_of(product_cases(), "gemm"), 40, {1, 1030});
    check_on_both(case_of(product_cases(), "gemm, bᵀ"), 7, {1, 1030});
    check_on_both(case_of(product_cases(), "head_matmul_backward"), 1100, {2, 5});
    check_on_both(case_of(feature_cases(), "fourier_features_backward, 2 sets"), 1100, {2, 5});
  }

  TEST_CASE("rows so wide that threads stride over them") {
    check_on_both(case_of(row_cases(), "sum_of_rows"), 2, {1, 33'000});
    check_on_both(case_of(row_cases(), "add_row"), 1, {1, 263'000});
  }

  TEST_CASE("more gradients of projections than are kept at once") {
    check_on_both(case_of(feature_cases(), "fourier_features_backward, narrow x"), 1540, {1, 4093});
  }

  TEST_CASE("rows that many others are added to") {
    check_on_both(scatter_to(3), 1000, {1, 5});
    check_on_both(scatter_to(1), 70'000, {1, 1});  // pieces of pieces
  }

  TEST_CASE("transforms longer than a block's share") {
    check_on_both(case_of(row_cases(), "walsh_hadamard"), 3, {1, 2048});
    check_on_both(case_of(row_cases(), "walsh_hadamard"), 3, {1, 8192});
    check_on_both(case_of(row_cases(), "dropout"), 40, {1, 300});
  }
}

}  // namespace mercer::test
