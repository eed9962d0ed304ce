// Neighbours at distances that are more than a Real can hold.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "mercer/attention/attend.hpp"
#include "mercer/graph/build.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

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

TEST_CASE("the rows of α over segments sum to 1 for large scores and far keys, as those of all pairs do") {
  struct Case {
    AnyKernel kernel;
    Real size, away;  // entries in ±[0.1, 1.5] size, keys further by `away`
  };
  constexpr Index n = 50, d = 16;
  for (const Case& of : {Case{Exponential{}, 200, 0}, Case{Gaussian{}, 1, 3000}, Case{Gaussian{}, 200, 300}})
    for (const bool causal : {false, true})
      for (const bool biased : {false, true}) {
        const Segments segments({0, 20, n}, causal);
        const Graph pairs(complete(segments));
        Tensor q_of = random_tensor(n, d, 1), k_of = random_tensor(n, d, 2);
        for (Real& x : q_of.values())
          x *= of.size;
        for (Real& x : k_of.values())
          x = x * of.size + of.away;
        const Variable q(q_of, true), k(k_of, true);
        AttendOptions options;
        if (biased) options.key_bias = Variable(random_tensor(n, 1, 3));
        Variable alpha = attention_alpha(segments, of.kernel, q, k, options);
        const Tensor of_pairs = attention_weights(pairs, of.kernel, q, k, options), &made = alpha.value();
        for (Index i = 0; i < n; ++i) {
          double sum = 0, sum_of_pairs = 0;
          for (const Edge e : pairs.adjacency().row(i))
            sum += static_cast<double>(made(e, 0)), sum_of_pairs += static_cast<double>(of_pairs(e, 0));
          CHECK(sum == doctest::Approx(1).epsilon(1e-5));
          CHECK(sum_of_pairs == doctest::Approx(1).epsilon(1e-5));
        }
        CHECK(static_cast<double>(max_abs_difference(made, of_pairs)) < 1e-5);
        const Tensor seed = random_tensor(pairs.edges(), 1, 4);
        alpha.backward(seed);
        const Variable p(q_of, true), l(k_of, true);
        attention_alpha(pairs, of.kernel, p, l, options).backward(seed);
        CHECK(same_bits(q.grad(), p.grad()));
        CHECK(same_bits(k.grad(), l.grad()));
      }
}
