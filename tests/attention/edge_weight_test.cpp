#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/autograd/functions.hpp"
#include "support/graphs.hpp"
#include "support/kernels.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

/// Gradients where some edge weights are 0.
namespace {

constexpr Index weighted_heads = 2;

/// The operands of attend, all leaves.
struct WeightedCase {
  AnyKernel kernel;
  Variable q{}, k{}, v{};
  AttendOptions options{};

  Variable attended(const Graph& g) const { return attend(g, kernel, q, k, v, options); }
  std::vector<Variable> leaves() const {
    std::vector<Variable> all;
    for (const Variable& x : {q, k, v, options.kernel_weight, options.key_bias, options.edge_bias, options.edge_weight})
      if (x) all.push_back(x);
    return all;
  }
};

WeightedCase weighted_case(const AnyKernel& kernel, Normaliser normaliser, const Graph& g) {
  const auto leaf = [](Index rows, Index columns, std::uint64_t seed) {
    return Variable(noise(rows, columns, seed, 0.3), true);
  };
  WeightedCase x{.kernel = kernel, .v = leaf(g.columns(), weighted_heads * 4, 3)};
  if (const Index d = head_width(kernel, 3); d > 0) {
    x.q = leaf(g.rows(), weighted_heads * d, 1);
    x.k = leaf(g.columns(), weighted_heads * d, 2);
    for (Variable* ends : {&x.q, &x.k})  // no row's sum is near 0
      for (Real& value : ends->mutable_value().values())
        value = std::abs(value) + Real(0.1);
    if (kernel.traits().weighted) x.options.kernel_weight = leaf(1, weighted_heads * d, 4);
  }
  x.options.heads = weighted_heads;
  x.options.normaliser = normaliser;
  x.options.key_bias = leaf(g.columns(), weighted_heads, 5);
  x.options.edge_bias = leaf(g.edges(), weighted_heads, 6);
  x.options.edge_weight = Variable(noise(g.edges(), 1, 7), true);
  Tensor& w = x.options.edge_weight.mutable_value();
  for (Index e = 0; e < g.edges(); ++e)
    w(e, 0) = e % 3 == 1 ? Real(0) : std::abs(w(e, 0)) + Real(0.2);
  return x;
}

/// ∂ Σ dy ∘ y / ∂x: a central difference; for x = 0 the parabola through f(0), f(h), f(2h), as weights are at least 0.
double difference_of(const Graph& g, const WeightedCase& c, Real& x, const Tensor& dy) {
  const Real before = x, h = Real(1e-6);
  const auto f = [&](Real value) {
    x = value;
    const Tensor y = c.attended(g).value();
    double sum = 0;
    for (Index n = 0; n < y.size(); ++n)
      sum += static_cast<double>(y.data()[n]) * static_cast<double>(dy.data()[n]);
    x = before;
    return sum;
  };
  if (before == 0) return (4 * f(h) - 3 * f(0) - f(2 * h)) / (2 * static_cast<double>(h));
  return (f(before + h) - f(before - h)) / (2 * static_cast<double>(h));
}

double largest_gap(const Graph& g, WeightedCase& c, const Tensor& dy) {
  c.attended(g).backward(dy);
  double gap = 0;
  for (Variable& x : c.leaves()) {
    REQUIRE(x.has_grad());
    for (Index n = 0; n < x.value().size(); ++n) {
      const double want = difference_of(g, c, x.mutable_value().data()[n], dy);
      const double got = static_cast<double>(x.grad().data()[n]);
      gap = std::max(gap, std::abs(got - want) / std::max(1.0, std::abs(want)));
    }
  }
  return gap;
}

/// The gradient of the weights alone.
Tensor weight_gradient(const Graph& g, const WeightedCase& c, const Tensor& dy) {
  c.attended(g).backward(dy);
  return c.options.edge_weight.grad();
}

constexpr Normaliser normalisers[] = {Normaliser::softmax, Normaliser::row_sum, Normaliser::degree,
                                      Normaliser::symmetric, Normaliser::none};

/// Calls test(kernel, normaliser) for every pair that attend takes.
void for_each_attention(const std::function<void(const AnyKernel&, Normaliser)>& test) {
  for (const AnyKernel& kernel : all_kernels())
    for (const Normaliser normaliser : normalisers) {
      if (normaliser == Normaliser::softmax && kernel.traits().is_signed) continue;
      CAPTURE(std::string(kernel.name()));
      CAPTURE(static_cast<int>(normaliser));
      test(kernel, normaliser);
    }
}

}  // namespace

TEST_CASE("gradients where edge weights are 0" * doctest::skip(sizeof(Real) != 8)) {
  const Graph g(with_loops(scattered(9)));
  const Tensor dy = noise(9, weighted_heads * 4, 9);
  for_each_attention([&](const AnyKernel& kernel, Normaliser normaliser) {
    for (const float p : {0.0f, 0.4f}) {
      CAPTURE(p);
      WeightedCase c = weighted_case(kernel, normaliser, g);
      c.options.dropout = {p, {1, 2, 3}};
      CHECK(largest_gap(g, c, dy) < 1e-6);
    }
  });
}

TEST_CASE("an edge of weight 0 has the gradient of its value, and learns") {
  // y_i = Σ_j w_ij v_j
  const Graph g(Csr(2, 2, {0, 2, 2}, {0, 1}));
  WeightedCase c{.kernel = Constant{}, .v = Variable(Tensor::from({{3, 1}, {-2, 5}}))};
  c.options.normaliser = Normaliser::none;
  c.options.edge_weight = Variable(Tensor::from({{0}, {0}}), true);
  const Tensor dy = Tensor::from({{1, 2}, {4, 4}});
  CHECK(same_bits(weight_gradient(g, c, dy), Tensor::from({{5}, {8}})));
  // y_i = (w_0 v_0 + w_1 v_1) / (w_0 + w_1): v_1 − v_0 at w = (1, 0)
  for (const Normaliser normaliser : {Normaliser::row_sum, Normaliser::softmax}) {
    c.options.normaliser = normaliser;
    c.options.edge_weight = Variable(Tensor::from({{1}, {0}}), true);
    CHECK(same_bits(weight_gradient(g, c, dy), Tensor::from({{0}, {3}})));
  }
}

TEST_CASE("a row whose weights are all 0 has no gradient of them where it divides by their sum") {
  const Graph g(with_loops(scattered(9)));
  const Tensor dy = noise(9, weighted_heads * 4, 9);
  for_each_attention([&](const AnyKernel& kernel, Normaliser normaliser) {
    WeightedCase c = weighted_case(kernel, normaliser, g);
    c.options.edge_weight.mutable_value().set_zero();
    c.options.guard = 0;
    const Tensor dw = weight_gradient(g, c, dy);
    const bool by_sum = normaliser == Normaliser::softmax || normaliser == Normaliser::row_sum;
    CHECK(std::ranges::all_of(dw.values(), [](Real x) { return std::isfinite(x); }));
    CHECK((max_abs_difference(dw, Tensor::like(dw)) == 0) == by_sum);
    CHECK(max_abs_difference(c.options.edge_bias.grad(), Tensor::like(c.options.edge_bias.value())) == 0);
  });
}

TEST_CASE("a gradient of an edge weight that no number can hold is 0") {
  const Graph g(Csr(1, 2, {0, 2}, {0, 1}));
  WeightedCase c{.kernel = Constant{}, .v = Variable(Tensor::from({{3}, {-2}}))};
  c.options.edge_weight = Variable(Tensor::from({{1}, {0}}), true);
  c.options.key_bias = Variable(Tensor::from({{0}, {1000}}), true);
  const Tensor dw = weight_gradient(g, c, Tensor::from({{1}}));
  CHECK(same_bits(dw, Tensor(2, 1)));
  CHECK(same_bits(c.options.key_bias.grad(), Tensor(2, 1)));
}
