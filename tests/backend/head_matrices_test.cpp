#include <doctest/doctest.h>

#include "backend/dense_ops.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE(
    "products of heads with their matrices: the sums of the definition, and a row's bits don't depend on others") {
  for (const Index heads : {1, 3})
    for (const Index count : {1, 8, 13, 32})
      for (const Index n : {1, 3, 4, 70}) {
        const Index d = 5;
        const Tensor x = noise(n, heads * d, 1), w = noise(heads * d, count, 2);
        Tensor u(n, heads * count), alone(1, heads * count);
        cpu::head_matmul(x, w, heads, u);
        for (Index i = 0; i < n; ++i) {
          cpu::head_matmul({x.row(i), 1, x.columns()}, w, heads, alone);
          for (Index h = 0; h < heads; ++h)
            for (Index m = 0; m < count; ++m) {
              double sum = 0;
              for (Index c = 0; c < d; ++c)
                sum += double{x(i, h * d + c)} * double{w(h * d + c, m)};
              CHECK(u(i, h * count + m) == doctest::Approx(sum).epsilon(1e-5));
              CHECK(u(i, h * count + m) == alone(0, h * count + m));
            }
        }
      }
}
