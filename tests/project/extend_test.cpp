// The C++ that docs/extend.md shows, used as it says.
#include <doctest/doctest.h>

#include "extend_code.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/training/trainer.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct CubedExponential {
  static constexpr std::string_view name = "cubed_exponential";
  static constexpr bool smooth_at_zero = true;

  CubedDistance pairing() const { return {}; }
  Real log_value(Real t) const { return -t; }
  Real log_slope(Real) const { return -1; }
};

/// α of an edge by κ of its ends, over the sum of its row; one head.
template <class Kappa>
double largest_gap(const Graph& g, const Tensor& alpha, Kappa kappa) {
  double gap = 0;
  const CsrView adjacency = g.adjacency();
  for (Node i = 0; i < adjacency.rows; ++i) {
    double sum = 0;
    for (const Edge e : adjacency.row(i))
      sum += kappa(i, adjacency.neighbour[e]);
    for (const Edge e : adjacency.row(i))
      gap = std::max(gap, std::abs(static_cast<double>(alpha(e, 0)) - kappa(i, adjacency.neighbour[e]) / sum));
  }
  return gap;
}

/// Σ_c |x_ic − x_jc|^power
double apart(const Tensor& x, Node i, Node j, int power) {
  double sum = 0;
  for (Index c = 0; c < x.columns(); ++c)
    sum += std::pow(std::abs(static_cast<double>(x(i, c)) - static_cast<double>(x(j, c))), power);
  return sum;
}

}  // namespace

TEST_CASE("a kernel and a pairing of one's own weigh by their formulas") {
  const Graph g(with_loops(scattered(12)));
  const Tensor x = noise(12, 3, 1);
  const auto student = [&](Node i, Node j) { return std::pow(1 + apart(x, i, j, 2) / 3, -2); };
  CHECK(largest_gap(g, attention_weights(g, StudentT{}, Variable(x), Variable(x)), student) < 1e-5);
  const auto cubed = [&](Node i, Node j) { return std::exp(-apart(x, i, j, 3)); };
  CHECK(largest_gap(g, attention_weights(g, CubedExponential{}, Variable(x), Variable(x)), cubed) < 1e-5);
}

TEST_CASE("a similarity of one's own is learned by the layer that is given it") {
  Random random(1);
  const KernelAttention layer = student_attention(random);
  const Graph g(with_loops(scattered(12)));
  Pass pass = Pass::inference();
  Variable y = layer(g, Variable(noise(12, 5, 2)), pass).y;
  y.backward(noise(12, 16, 3));
  bool found = false;
  for (const Parameter& p : layer.parameters())
    if (p.name == "similarity.log_bandwidth") {
      found = true;
      CHECK_FALSE(p.decays);
      REQUIRE(p.variable.has_grad());
      CHECK(p.variable.grad()(0, 1) != 0);
    }
  CHECK(found);
}

TEST_CASE("an option of one's own is set by its name, within its range") {
  StudentOptions options;
  OptionList list;
  options.declare(list);
  CHECK(list.names() == std::vector<std::string>{"nu", "learned"});
  list.assign({{"nu", 5.0}, {"learned", false}}, "student", "student");
  CHECK(options.nu == 5);
  CHECK_FALSE(options.learned);
  CHECK_THROWS_AS(list.assign({{"nu", 0.0}}, "student", "student"), ValueError);
}

TEST_CASE("a layer of one's own is stacked and trained, and refuses a block by name") {
  Random random(2);
  const Model model = propagation_model(5, 3, random);
  const Graph g(with_loops(symmetrised(scattered(20))));
  const Tensor x = noise(20, 5, 4), want = noise(20, 3, 5);
  const auto loss = [&](Pass& pass) { return log_cosh_loss(model.forward(g, Variable(x), pass).y, Variable(want)); };
  const auto now = [&] {
    Pass pass = Pass::inference();
    return loss(pass).value()(0, 0);
  };
  const Real before = now();
  train({.parameters = model.parameters, .loss = [&](const Batch&, Pass& pass) { return loss(pass); }},
        {.epochs = 30, .optimizer = Adam{.learning_rate = 0.02}});
  CHECK(now() < before);
  Pass pass = Pass::inference();
  const std::vector<Node> targets{3, 4};
  CHECK_THROWS_WITH_AS(model.forward(full_block(g, targets), Variable(x), pass),
                       doctest::Contains("[Propagation] neighbourhood: got a block"), ValueError);
}

TEST_CASE("functions of one's own have the values and gradients that they state") {
  const Tensor a = random_tensor(4, 3, 6), b = random_tensor(4, 3, 7);
  double mean = 0;
  for (std::size_t n = 0; n < a.values().size(); ++n)
    mean += std::log(std::cosh(static_cast<double>(a.values()[n]) - static_cast<double>(b.values()[n]))) / 12;
  CHECK(static_cast<double>(log_cosh_loss(Variable(a), Variable(b)).value()(0, 0)) ==
        doctest::Approx(mean).epsilon(1e-4));
  const Variable x(a, true);
  Variable y = sine(x);
  CHECK(y.value()(1, 2) == doctest::Approx(std::sin(a(1, 2))));
  y.backward(Tensor::filled(4, 3, 2));
  CHECK(x.grad()(1, 2) == doctest::Approx(2 * std::cos(a(1, 2))));
}
