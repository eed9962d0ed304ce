#include <doctest/doctest.h>

#include "backend/cuda/compare.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "backend/dense_ops.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

/// All nonzeros in the same few columns, so that these are long.
SparseMatrix crowded(Index rows) {
  Tensor x(rows, 40);
  for (Index i = 0; i < rows; ++i)
    for (const Index c : {Index{0}, Index{7}, i % 40})
      x(i, c) = Real(0.25) * static_cast<Real>(1 + i % 3);
  return SparseMatrix::from_dense(x);
}

void check_products(const SparseMatrix& x, Index d) {
  CAPTURE(x.rows());
  CAPTURE(x.columns());
  CAPTURE(d);
  const Tensor w = operand(Device::cpu, x.columns(), d, 2), dy = operand(Device::cpu, x.rows(), d, 3);
  Tensor y(x.rows(), d), dw(x.columns(), d);
  cpu::sparse_gemm(x.view(), w, y);
  cpu::sparse_gemm_transposed(x.view(), dy, dw);
  for_each_lane_order([&] {
    const SparseMatrix there = x.to(Device::cuda);
    Tensor y_there(x.rows(), d, Device::cuda), dw_there(x.columns(), d, Device::cuda);
    cuda::sparse_gemm(there.view(), w.to(Device::cuda), y_there);
    cuda::sparse_gemm_transposed(there.view(), dy.to(Device::cuda), dw_there);
    CHECK(difference(y_there.to(Device::cpu), y, Closeness::whole) == "");
    CHECK(difference(dw_there.to(Device::cpu), dw, Closeness::whole) == "");
  });
  release_unused_memory();
}

}  // namespace

TEST_SUITE("sparse features on a device" * doctest::skip(!device_present())) {
  TEST_CASE("products of every size agree with the CPU") {
    for (const Index n : sizes)
      for (const Index d : {1, 7, 8, 64, 130, 516})
        check_products(random_sparse(n, 9 + n, 5), d);
    check_products(random_sparse(30, 0), 8);
    check_products(random_sparse(3, 9), 0);
  }

  TEST_CASE("long columns are shared by the warps of a block" * doctest::test_suite("sparse features, long")) {
    check_products(crowded(300), 8);
    check_products(crowded(300), 3);
  }

  TEST_CASE("dropout has the mask of the CPU") {
    for (const double p : {0.0, 0.3, 1.0})
      for (const Index n : sizes) {
        const SparseMatrix x = random_sparse(n, 21);
        const Dropout drop{static_cast<float>(p), {.seed = 5, .step = 2, .call = 1}};
        const Tensor want = cpu::sparse_dropout(x, drop).to_dense();
        const Tensor got = cuda::sparse_dropout(x.to(Device::cuda), drop).to(Device::cpu).to_dense();
        CHECK(difference(got, want, Closeness::bits) == "");
        std::vector<Node> falling;
        for (Node i = static_cast<Node>(n) - 1; i >= 0; --i)
          falling.push_back(i);
        const SparseMatrix turned = x.rows(falling);
        CHECK(difference(cuda::sparse_dropout(turned.to(Device::cuda), drop).to(Device::cpu).to_dense(),
                         cpu::sparse_dropout(turned, drop).to_dense(), Closeness::bits) == "");
      }
  }

  TEST_CASE("a copy to the device and back changes nothing") {
    const SparseMatrix x = random_sparse(33, 40);
    CHECK(same_bits(x.to(Device::cuda).to(Device::cpu).to_dense(), x.to_dense()));
  }
}

}  // namespace mercer::test
