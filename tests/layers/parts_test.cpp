#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "mercer/base/check.hpp"
#include "mercer/layers/initialise.hpp"
#include "mercer/layers/join_heads.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "mercer/layers/linear.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

double largest(const Variable& x) {
  double found = 0;
  for (const Real value : x.value().values())
    found = std::max(found, std::abs(static_cast<double>(value)));
  return found;
}

double variance(const Variable& x) {
  double sum = 0;
  for (const Real value : x.value().values())
    sum += static_cast<double>(value) * static_cast<double>(value);
  return sum / static_cast<double>(x.value().size());
}

}  // namespace

TEST_CASE("first values fill their interval") {
  Random random(3);
  const Variable glorot = glorot_uniform(100, 50, random);  // b = √(6/150) = 0.2
  CHECK(glorot.wants_grad());
  CHECK(largest(glorot) <= 0.2);
  CHECK(largest(glorot) > 0.199);
  CHECK(variance(glorot) == doctest::Approx(0.04 / 3).epsilon(0.05));
  CHECK(largest(glorot_uniform(1, 4000, {8, 1}, random)) == doctest::Approx(std::sqrt(6.0 / 9)).epsilon(0.01));
  CHECK(largest(kaiming_uniform(25, 200, 25, std::sqrt(Real(5)), random)) == doctest::Approx(0.2).epsilon(0.01));
  CHECK(largest(zeros(3, 4)) == 0);
  CHECK(glorot_uniform(0, 0, random).value().empty());
}

TEST_CASE("the same seed draws the same weights") {
  Random a(7), b(7), other(8);
  const Tensor w = glorot_uniform(5, 4, a).value();
  CHECK(max_abs_difference(w, glorot_uniform(5, 4, b).value()) == 0);
  CHECK(max_abs_difference(w, glorot_uniform(5, 4, other).value()) > 0);
}

TEST_CASE("linear is x W + b, dense or sparse") {
  Random random(1);
  Linear linear({.in = 2, .out = 3}, random);
  linear.weight.mutable_value() = Tensor::from({{1, 2, 3}, {0, -1, 5}});
  linear.bias.mutable_value() = Tensor::from({{10, 20, 30}});
  const Tensor x = Tensor::from({{1, 0}, {2, 1}, {0, 0}});
  const Tensor want = Tensor::from({{11, 22, 33}, {12, 23, 41}, {10, 20, 30}});
  CHECK(max_abs_difference(linear(Variable(x)).value(), want) == 0);
  CHECK(max_abs_difference(linear(std::make_shared<const SparseMatrix>(SparseMatrix::from_dense(x))).value(), want) ==
        0);
  CHECK_THROWS_AS(linear(Variable(Tensor(3, 4))), ShapeError);
  CHECK(linear.parameters("a.").size() == 2);
  CHECK(linear.parameters("a.")[1].name == "a.bias");
  CHECK(Linear({.in = 2, .out = 3, .bias = false}, random).parameters().size() == 1);
}

TEST_CASE("heads are joined side by side or averaged, then bias and residual") {
  Random random(1);
  const Variable heads(Tensor::from({{1, 2, 3, 4}, {5, 6, 7, 8}}));  // two heads of width 2
  const Variable x(Tensor::from({{100, 200}, {300, 400}}));

  JoinHeads side_by_side({.in = 2, .width = 2, .heads = 2}, random);
  side_by_side.bias.mutable_value() = Tensor::from({{0, 10, 20, 30}});
  CHECK(max_abs_difference(side_by_side(heads, x).value(), Tensor::from({{1, 12, 23, 34}, {5, 16, 27, 38}})) == 0);

  JoinHeads mean({.in = 2, .width = 2, .heads = 2, .join = Join::mean, .residual = Residual::input}, random);
  mean.bias.mutable_value() = Tensor::from({{0, 10}});
  CHECK(max_abs_difference(mean(heads, x).value(), Tensor::from({{102, 213}, {306, 417}})) == 0);
  CHECK(mean.parameters().size() == 1);  // the residual x has no parameters
  const auto sparse = std::make_shared<const SparseMatrix>(SparseMatrix::from_dense(x.value()));
  CHECK(max_abs_difference(mean(heads, sparse).value(), mean(heads, x).value()) == 0);
}

TEST_CASE("a residual of another width is a biased linear map") {
  Random random(1);
  const JoinHeads unequal({.in = 3, .width = 2, .heads = 2, .bias = false, .residual = Residual::input}, random);
  CHECK_FALSE(unequal.adds_input);
  CHECK(unequal.parameters("l.").size() == 2);
  CHECK(unequal.parameters("l.")[0].name == "l.residual.weight");
  const Variable x(noise(4, 3, 1)), heads(noise(4, 4, 2));
  const Tensor want = add(heads, (*unequal.projection)(x)).value();
  CHECK(max_abs_difference(unequal(heads, x).value(), want) == 0);
  const JoinHeads equal({.in = 4, .width = 2, .heads = 2, .residual = Residual::linear}, random);
  CHECK(equal.parameters().size() == 3);
  CHECK_THROWS_AS(JoinHeads({.in = 4, .width = 2, .heads = 0}, random), ValueError);
}

TEST_CASE("guarded row sums of a layer are counted in the pass") {
  Random random(1);
  const KernelAttention layer({.in = 2, .width = 3, .heads = 2},
                              {.similarity = AnyKernel(InnerProduct{}), .normaliser = Normaliser::row_sum}, random);
  const Graph graph{cycle(5)};
  Index counted = 0;
  Pass pass = Pass::inference();
  pass.count_guarded(&counted);
  layer(graph, Variable(Tensor(5, 2)), pass);  // q and k are 0, so every sum is 0
  CHECK(counted == 5 * 2);
  layer(graph, Variable(Tensor::filled(5, 2, 1)), pass);  // equal nodes: κ is far from 0
  CHECK(counted == 5 * 2);
}
