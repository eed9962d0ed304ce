#include "mercer/layers/batch_norm.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "mercer/autograd/batch_norm.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("training uses the batch and moves the running statistics; inference uses these alone") {
  const Tensor x = Tensor::from({{1, 10}, {3, 10}, {5, 40}});
  const Graph graph(with_loops(scattered(3)));
  BatchNorm norm({.width = 2, .momentum = Real(0.5)});
  Pass inference = Pass::inference(), training = Pass::training(1, 0);
  CHECK(max_abs_difference(norm(graph, Variable(x), inference).value(), x) < Real(1e-3));  // mean 0, variance 1
  const Tensor y = norm(graph, Variable(x), training).value();
  CHECK(max_abs_difference(y, batch_norm(Variable(x), norm.weight, norm.bias).y.value()) == 0);
  CHECK(max_abs_difference(norm.running_mean.value(), Tensor::from({{1.5, 10}})) < Real(1e-5));
  CHECK(max_abs_difference(norm.running_variance.value(), Tensor::from({{2.5, 150.5}})) < Real(1e-4));  // by n − 1
  const Tensor before = norm.running_mean.value();
  const Tensor after = norm(graph, Variable(x), inference).value();
  CHECK(after(0, 0) == doctest::Approx(-0.5 / std::sqrt(2.5)).epsilon(1e-4));
  CHECK(max_abs_difference(norm.running_mean.value(), before) == 0);
}

TEST_CASE("one node has no variance; no nodes leave the running statistics as they are") {
  BatchNorm norm({.width = 2});
  Pass training = Pass::training(1, 0), inference = Pass::inference();
  const Graph one(with_loops(scattered(1)));
  CHECK_THROWS_AS(norm(one, Variable(Tensor(1, 2)), training), ValueError);
  CHECK(norm(one, Variable(Tensor(1, 2)), inference).rows() == 1);
  CHECK(norm(Graph(), Variable(Tensor(0, 2)), training).rows() == 0);
  CHECK(max_abs_difference(norm.running_variance.value(), Tensor::filled(1, 2, 1)) == 0);
  CHECK_THROWS_AS(BatchNorm({.width = 0}), ValueError);
  CHECK_THROWS_AS(BatchNorm({.width = 2, .momentum = Real(1.5)}), ValueError);
}

TEST_CASE("the running statistics are buffers, gain and bias parameters without decay") {
  const BatchNorm norm({.width = 3});
  REQUIRE(norm.parameters("n.").size() == 2);
  REQUIRE(norm.buffers("n.").size() == 2);
  CHECK(norm.buffers("n.")[0].name == "n.running_mean");
  for (const Parameter& p : norm.parameters())
    CHECK((p.variable.wants_grad() && !p.decays));
  for (const Parameter& buffer : norm.buffers())
    CHECK_FALSE(buffer.variable.wants_grad());
}
