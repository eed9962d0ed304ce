// Neighbours at distances that are more than a Real can hold.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "mercer/attention/attend.hpp"

using namespace mercer;

TEST_CASE("neighbours at distances that no Real holds still share the attention of their row") {
  const Graph g(Csr(2, 2, {0, 1, 3}, {1, 0, 1}));
  const Real far = std::sqrt(std::numeric_limits<Real>::max());
  for (const AnyKernel& kernel :
       {AnyKernel(Gaussian{}), AnyKernel(Gaussian{Real(1e-3)}), AnyKernel(Laplacian{Real(1e-30)}), AnyKernel(Cauchy{}),
        AnyKernel(Matern{Real(1e-30)})})
    for (const Normaliser normaliser : {Normaliser::softmax, Normaliser::row_sum}) {
      CAPTURE(std::string(kernel.name()));
      const Variable q(Tensor::from({{far, far}, {far, far}})), k(Tensor::from({{-far, -far}, {-far, -far}}));
      Variable v(Tensor::from({{2}, {4}}), true);
      Variable y = attend(g, kernel, q, k, v, {.normaliser = normaliser});
      CHECK(y.value()(0, 0) == 4);  // the only neighbour
      CHECK(y.value()(1, 0) == 3);
      y.backward(Tensor::from({{1}, {0}}));
      CHECK(v.grad()(1, 0) == 1);
    }
  const Variable none(Tensor::filled(2, 2, std::numeric_limits<Real>::quiet_NaN()));
  CHECK(std::isnan(attend(g, Gaussian{}, none, none, Variable(Tensor(2, 1))).value()(0, 0)));
}
