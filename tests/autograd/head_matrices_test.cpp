#include <doctest/doctest.h>

#include <complex>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("each head is multiplied by its own matrix") {
  for (const Index n : sizes)
    for (const Index M : {1, 9, 40}) {
      CAPTURE(n);
      CAPTURE(M);
      const Tensor x = random_tensor(n, 6, 1), w = random_tensor(6, M, 2);
      const Tensor u = head_matmul(Variable(x), Variable(w), 2).value();
      for (Index i = 0; i < n; ++i)
        for (Index h = 0; h < 2; ++h)
          for (Index m = 0; m < M; ++m) {
            double sum = 0;
            for (Index c = 0; c < 3; ++c)
              sum += static_cast<double>(x(i, h * 3 + c)) * static_cast<double>(w(h * 3 + c, m));
            CHECK(u(i, h * M + m) == doctest::Approx(sum).epsilon(1e-5));
          }
      if (n < 10) check_gradient([](const Variable& a, const Variable& b) { return head_matmul(a, b, 2); }, x, w);
    }
  CHECK_THROWS_AS(head_matmul(Variable(Tensor(2, 6)), Variable(Tensor(5, 2)), 2), ShapeError);
  CHECK_THROWS_AS(head_matmul(Variable(Tensor(2, 6)), Variable(Tensor(6, 2)), 4), ValueError);
}

TEST_CASE("matrices of heads are transposed one by one") {
  const Tensor x = random_tensor(6, 4, 1);
  const Tensor y = transpose_heads(Variable(x), 3).value();
  REQUIRE(y.rows() == 12);
  REQUIRE(y.columns() == 2);
  for (Index h = 0; h < 3; ++h)
    for (Index r = 0; r < 2; ++r)
      for (Index c = 0; c < 4; ++c)
        CHECK(y(h * 4 + c, r) == x(h * 2 + r, c));
  check_gradient([](const Variable& v) { return transpose_heads(v, 3); }, x);
  CHECK_THROWS_AS(transpose_heads(Variable(x), 4), ValueError);
}

TEST_CASE("turn_back multiplies by the conjugate") {
  const Tensor x = random_tensor(5, 12, 1), a = random_tensor(1, 12, 2);
  const Tensor y = turn_back(Variable(x), Variable(a), 2).value();
  const auto complex = [](const Tensor& t, Index i, Index h, Index m) {
    return std::complex<double>(static_cast<double>(t(i, h * 6 + m)), static_cast<double>(t(i, h * 6 + 3 + m)));
  };
  for (Index i = 0; i < 5; ++i)
    for (Index h = 0; h < 2; ++h)
      for (Index m = 0; m < 3; ++m)
        CHECK(std::abs(complex(y, i, h, m) - complex(a, 0, h, m) * std::conj(complex(x, i, h, m))) < 1e-5);
  check_gradient([](const Variable& p, const Variable& q) { return turn_back(p, q, 2); }, x, a);
  CHECK_THROWS_AS(turn_back(Variable(x), Variable(Tensor(1, 10)), 2), ShapeError);
  CHECK_THROWS_AS(turn_back(Variable(x), Variable(a), 5), ValueError);
}
