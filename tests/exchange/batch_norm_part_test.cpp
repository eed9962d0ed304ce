#include <doctest/doctest.h>

#include <vector>

#include "exchange/part_case.hpp"
#include "mercer/layers/batch_norm.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// Output, running statistics and gradients of one training step, of own rows.
struct Step {
  Tensor y, dx, dgain, mean, variance;
};

Step step(const Neighbourhood& neighbourhood, const Tensor& x, const Tensor& seed) {
  BatchNorm norm({.width = x.columns(), .momentum = Real(0.25)});
  norm.weight.mutable_value() = random_tensor(1, x.columns(), 8);
  Variable in(x, true);
  Pass pass = Pass::training(1, 0);
  Variable y = norm(neighbourhood, in, pass);
  y.backward(seed);
  return {y.value(), in.grad(), norm.weight.grad(), norm.running_mean.value(), norm.running_variance.value()};
}

}  // namespace

TEST_CASE("parts of a graph have the statistics and gradients of the whole") {
  constexpr Index n = 23, d = 5;
  const Tensor x = random_tensor(n, d, 3), seed = random_tensor(n, d, 4);
  const Graph whole(with_loops(scattered(n)));
  const Step want = step(whole, x, seed);
  for (const std::vector<Index>& sizes : {std::vector<Index>{23}, {12, 11}, {20, 0, 3}}) {
    const std::vector<Part> parts = parts_of(whole, runs_of(sizes));
    std::vector<Tensor> dgains(sizes.size());
    run_ranks(static_cast<int>(sizes.size()), [&](Communicator& ranks) {
      const Part& part = parts[static_cast<std::size_t>(ranks.rank())];
      const Index first = part.first(), last = part.last();
      const Step got =
          step(Neighbourhood(partitioned(part, ranks)), rows_of(x, first, last), rows_of(seed, first, last));
      CHECK(max_abs_difference(got.y, rows_of(want.y, first, last)) < 10 * rounding);
      CHECK(max_abs_difference(got.dx, rows_of(want.dx, first, last)) < 10 * rounding);
      CHECK(max_abs_difference(got.mean, want.mean) < rounding);
      CHECK(max_abs_difference(got.variance, want.variance) < rounding);
      dgains[static_cast<std::size_t>(ranks.rank())] = got.dgain;  // one part's; training adds them up
    });
    Tensor dgain(1, d);
    for (const Tensor& of : dgains)
      for (Index c = 0; c < d; ++c)
        dgain(0, c) += of(0, c);
    CHECK(max_abs_difference(dgain, want.dgain) < 10 * rounding);
  }
}
