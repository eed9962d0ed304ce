#include "mercer/attention/attend.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>

#include "attention/definition.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/kernels.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// One case of attend: a kernel, heads, widths and options.
struct Case {
  AnyKernel kernel;
  Index heads = 2, score_width = 3, value_width = 5;
  Normaliser normaliser = Normaliser::softmax;
  bool key_bias = false, edge_bias = false, shared_edge_bias = false, edge_weight = false;

  std::string name() const {
    const auto kernel_name = std::string(kernel.name());
    return kernel_name + " h" + std::to_string(heads) + " d" + std::to_string(score_width) + " e" +
           std::to_string(value_width) + " norm" + std::to_string(static_cast<int>(normaliser)) +
           (key_bias ? " key_bias" : "") + (edge_bias ? " edge_bias" : "") + (shared_edge_bias ? " shared" : "") +
           (edge_weight ? " weight" : "");
  }
};

struct Operands {
  Variable q, k, v;
  AttendOptions options;
};

Operands operands(const Case& c, const Graph& g, std::uint64_t seed = 5) {
  Operands x;
  const Index width = c.heads * head_width(c.kernel, c.score_width);
  const double size = c.kernel.is<DotProductSeries>() ? 0.25 : 0.6;  // for products below 1
  const auto variable = [&](Index rows, Index columns) { return Variable(noise(rows, columns, seed++, size), true); };
  if (c.kernel.traits().compares) {
    x.q = variable(g.rows(), width);
    x.k = variable(g.columns(), width);
  }
  x.v = variable(g.columns(), c.heads * c.value_width);
  x.options.heads = c.heads;
  x.options.normaliser = c.normaliser;
  if (c.kernel.traits().weighted) x.options.kernel_weight = variable(1, width);
  if (c.key_bias) x.options.key_bias = variable(g.columns(), c.heads);
  if (c.edge_bias) x.options.edge_bias = variable(g.edges(), c.shared_edge_bias ? 1 : c.heads);
  if (c.edge_weight) {
    x.options.edge_weight = variable(g.edges(), 1);
    for (Real& w : x.options.edge_weight.mutable_value().values())
      w = std::abs(w) + Real(0.1);
  }
  return x;
}

std::vector<Case> cases() {
  std::vector<Case> all;
  std::vector<AnyKernel> kernels{Exponential{Real(0.5)},
                                 Additive{},
                                 DynamicAdditive{},
                                 Gaussian{Real(1.5)},
                                 Laplacian{2},
                                 Cauchy{1},
                                 Constant{},
                                 SquaredInnerProduct{1, Real(0.1)},
                                 PositiveInnerProduct{1, Real(0.1)},
                                 InnerProduct{Real(0.1), 2},
                                 DotProductSeries{Series::exponential},
                                 DotProductSeries{Series::inverse},
                                 DotProductSeries{Series::logarithm},
                                 DotProductSeries{Series::root},
                                 GaussianLogit{{Real(1.5)}},
                                 CauchyLogit{{1}},
                                 HistogramIntersectionLogit{Real(-0.5)},
                                 HistogramIntersection{},
                                 SpectralMixture{.components = 1, .rank = 1},
                                 SpectralMixture{.components = 2, .rank = 3, .shift = 2},
                                 SpectralMixture{.components = 3, .rank = 9, .shift = 4}};
  for (const AnyKernel& other : all_kernels())  // the catalogue's kernels with defaults
    if (std::ranges::none_of(kernels, [&](const AnyKernel& listed) { return listed.type() == other.type(); }))
      kernels.push_back(other);
  for (const auto& kernel : kernels) {
    const auto usual = kernel.traits().is_signed ? Normaliser::row_sum : Normaliser::softmax;
    for (const auto normaliser :
         {usual, Normaliser::row_sum, Normaliser::degree, Normaliser::symmetric, Normaliser::none})
      all.push_back({.kernel = kernel, .normaliser = normaliser});
    all.push_back({.kernel = kernel, .normaliser = usual, .key_bias = true, .edge_bias = true, .edge_weight = true});
    all.push_back({.kernel = kernel,
                   .normaliser = Normaliser::degree,
                   .key_bias = true,
                   .edge_bias = true,
                   .shared_edge_bias = true});
    for (const auto& [heads, width, values] :
         {std::tuple{1, 7, 7}, {8, 8, 8}, {3, 16, 17}, {9, 1, 33}, {8, 2, 3}, {16, 1, 5}})
      all.push_back(
          {.kernel = kernel, .heads = heads, .score_width = width, .value_width = values, .normaliser = usual});
  }
  return all;
}

Variable run(const Graph& g, const Case& c, const Operands& x) { return attend(g, c.kernel, x.q, x.k, x.v, x.options); }

Tensor value_of(const Variable& x) { return x ? x.value() : Tensor(); }

/// The largest difference between backward() and central differences of Σ weight ∘ y over all operands, relative where
/// the gradient exceeds 1.
double gradient_gap(const Graph& g, const Case& c, Operands& x, const Tensor& weight) {
  Variable y = run(g, c, x);
  y.backward(weight);
  const auto objective = [&] {
    const Tensor now = run(g, c, x).value();
    double sum = 0;
    for (Index n = 0; n < now.size(); ++n)
      sum += now.data()[n] * weight.data()[n];
    return sum;
  };
  double gap = 0;
  for (Variable* operand : {&x.q, &x.k, &x.v, &x.options.kernel_weight, &x.options.key_bias, &x.options.edge_bias,
                            &x.options.edge_weight}) {
    if (!*operand) continue;
    REQUIRE(operand->has_grad());
    for (Index n = 0; n < operand->value().size(); ++n) {
      Real& at = operand->mutable_value().data()[n];
      const Real before = at, h = Real(1e-5);
      at = before + h;
      const double up = objective();
      at = before - h;
      const double down = objective();
      at = before;
      const double want = (up - down) / (2 * h);
      gap = std::max(gap, std::abs(want - operand->grad().data()[n]) / std::max(1.0, std::abs(want)));
    }
  }
  return gap;
}

}  // namespace

TEST_CASE("attend agrees with its definition") {
  for (const Case& c : cases())
    for (const Index n : {1, 2, 9, 33}) {
      for (const Csr& csr : {no_edges(n), star(n), cycle(n), scattered(n)}) {
        const Graph g(csr);
        const Operands x = operands(c, g);
        CAPTURE(c.name());
        CAPTURE(n);
        const Tensor y = run(g, c, x).value();
        CHECK(max_abs_difference(y, attend_by_definition(g, c.kernel, value_of(x.q), value_of(x.k), x.v.value(),
                                                         x.options)) < tolerance);
        const auto alpha = weights_by_definition(g, c.kernel, value_of(x.q), value_of(x.k), x.options);
        const Tensor weights = attention_weights(g, c.kernel, x.q, x.k, x.options);
        for (std::size_t m = 0; m < alpha.size(); ++m)
          REQUIRE(static_cast<double>(weights.data()[m]) == doctest::Approx(alpha[m]).epsilon(50 * tolerance));
      }
    }
}

TEST_CASE("gradients of attend" * doctest::skip(sizeof(Real) != 8)) {
  for (const Case& c : cases()) {
    const Index n = c.heads > 2 ? 5 : 9;
    const Graph g(scattered(n));
    Operands x = operands(c, g);
    CAPTURE(c.name());
    CHECK(gradient_gap(g, c, x, noise(n, c.heads * c.value_width, 77)) < 2e-8);
  }
}

TEST_CASE("a rectangular graph: more sources than targets") {
  const Graph g(Csr(2, 5, {0, 3, 5}, {0, 2, 4, 1, 4}));
  for (const Case& c : cases()) {
    const Operands x = operands(c, g);
    CAPTURE(c.name());
    CHECK(max_abs_difference(run(g, c, x).value(), attend_by_definition(g, c.kernel, value_of(x.q), value_of(x.k),
                                                                        x.v.value(), x.options)) < tolerance);
  }
}

TEST_CASE("rows longer than a tile are gathered in pieces, forward and backward") {
  for (const Normaliser normaliser : {Normaliser::softmax, Normaliser::degree}) {
    const Case c{.kernel = Gaussian{1}, .heads = 2, .score_width = 4, .value_width = 8, .normaliser = normaliser};
    const Graph g(symmetrised(star(700)));
    const Operands x = operands(c, g);
    CHECK(max_abs_difference(run(g, c, x).value(), attend_by_definition(g, c.kernel, x.q.value(), x.k.value(),
                                                                        x.v.value(), x.options)) < tolerance);
    run(g, c, x).backward(Tensor::filled(700, 16, 1));
    // Σ_i Σ_j α_ij over a softmax row is 1: every row contributes its weight once to dv
    if (normaliser != Normaliser::softmax) continue;
    double sum = 0;
    for (const Real value : x.v.grad().values())
      sum += value;
    CHECK(sum == doctest::Approx(700.0 * 16).epsilon(1e-4));
  }
}

TEST_CASE("long rows have right gradients" * doctest::skip(sizeof(Real) != 8)) {
  const Case c{.kernel = Exponential{1}, .heads = 1, .score_width = 1, .value_width = 1};
  const Graph g(symmetrised(star(300)));
  Operands x = operands(c, g);
  CHECK(gradient_gap(g, c, x, noise(300, 1, 3)) < 1e-8);
}

TEST_CASE("softmax of scores of any size, never NaN") {
  const Graph g(cycle(9));
  const Variable q(Tensor::filled(9, 4, 1000)), v(noise(9, 4, 1));
  CHECK(all_finite(attend(g, Exponential{1}, q, q, v).value()));
  const Variable far(noise(9, 4, 2, 1e6));
  CHECK(all_finite(attend(g, Gaussian{1}, far, far, v).value()));
}

TEST_CASE("edges of weight 0 are as if absent") {
  const Graph g(scattered(12)), all(cycle(12));
  Case c{.kernel = Gaussian{1}, .edge_weight = true};
  Operands x = operands(c, g);
  x.options.edge_weight.mutable_value().set_zero();
  const Variable y = run(g, c, x);
  CHECK(max_abs_difference(y.value(), Tensor(12, 10)) == 0);
  Variable(y).backward(Tensor::filled(12, 10, 1));
  CHECK(all_finite(x.q.grad()));
  CHECK(all_finite(x.options.edge_weight.grad()));
}

TEST_CASE("softmax of the dot product is RBF times the exponential of the squared norm") {
  // Song et al., Implicit Kernel Attention, AAAI 2021: σ² = √d, magnitude ‖k‖² / 2√d
  const Index n = 20, heads = 3, d = 8;
  const Graph g(scattered(n));
  const Variable q(noise(n, heads * d, 1)), k(noise(n, heads * d, 2)), v(noise(n, heads * 4, 3));
  Tensor magnitude(n, heads);
  const Real root = std::sqrt(static_cast<Real>(d));
  for (Index j = 0; j < n; ++j)
    for (Index h = 0; h < heads; ++h)
      for (Index c = 0; c < d; ++c)
        magnitude(j, h) += k.value()(j, h * d + c) * k.value()(j, h * d + c) / (2 * root);
  const Variable dot = attend(g, Exponential{1 / root}, q, k, v, {.heads = heads});
  const Variable rbf = attend(g, Gaussian{std::sqrt(root)}, q, k, v, {.heads = heads, .key_bias = Variable(magnitude)});
  CHECK(max_abs_difference(dot.value(), rbf.value()) < (sizeof(Real) == 8 ? 1e-13 : 1e-5));
}

TEST_CASE("GAT's score is a kernel between its vector and the concatenation times a magnitude") {
  // the same for GAT: exp(lrelu(a·z)) = exp(−c‖a−z‖²/2) exp(c(‖a‖²+‖z‖²)/2)
  const Tensor a = noise(1, 12, 1), z = noise(400, 12, 2);
  for (Index i = 0; i < z.rows(); ++i) {
    double dot = 0, distance = 0, norms = 0;
    for (Index c = 0; c < 12; ++c) {
      dot += static_cast<double>(a(0, c)) * z(i, c);
      distance += (static_cast<double>(a(0, c)) - z(i, c)) * (static_cast<double>(a(0, c)) - z(i, c));
      norms += static_cast<double>(a(0, c)) * a(0, c) + static_cast<double>(z(i, c)) * z(i, c);
    }
    const double slope = dot >= 0 ? 1 : 0.2;
    const double by_kernel = Additive{}.log_value(static_cast<Real>(dot));
    CHECK(by_kernel == doctest::Approx(-slope * distance / 2 + slope * norms / 2).epsilon(1e-4));
  }
}

TEST_CASE("a signed row sum near 0 is guarded, counted, and constant in the backward pass") {
  // node 0 has two neighbours with κ = 1 and −1, node 1 one with κ = 1
  const Graph g(from_edges(3, std::vector<NodePair>{{0, 1}, {0, 2}, {1, 1}}));
  const Variable q(Tensor::from({{1}, {1}, {1}}), true), k(Tensor::from({{0}, {1}, {-1}}), true),
      v(Tensor::from({{0}, {3}, {5}}), true);
  Index guarded = 0;
  Variable y =
      attend(g, InnerProduct{}, q, k, v, {.normaliser = Normaliser::row_sum, .guard = Real(0.5), .guarded = &guarded});
  CHECK(guarded == 1);
  CHECK(max_abs_difference(y.value(), Tensor::from({{-4}, {3}, {0}})) < 1e-6);  // (3 − 5) / 0.5
  y.backward(Tensor::from({{1}, {1}, {0}}));
  CHECK(max_abs_difference(k.grad(), Tensor::from({{0}, {6}, {10}})) < 1e-5);  // v_j / 0.5; node 1's α is always 1
  CHECK(max_abs_difference(v.grad(), Tensor::from({{0}, {3}, {-2}})) < 1e-5);
  CHECK_THROWS_WITH_AS(attend(g, InnerProduct{}, q, k, v), doctest::Contains("can be negative"), ValueError);
}

TEST_CASE("kernels agree with their known values") {
  int stated = 0;
  Catalogue::each([&]<class K>() {
    if constexpr (requires { K::known; }) {
      CAPTURE(std::string(K::name));
      const double value = static_cast<double>(value_of(K(), K::known.t));
      const double kappa = is_signed_kernel<K>() ? value : std::exp(value);
      CHECK(kappa == doctest::Approx(static_cast<double>(K::known.kappa)).epsilon(tolerance));
      ++stated;
    }
  });
  CHECK(stated > 0);
}

TEST_CASE("invalid parameters of a kernel are refused by name") {
  const Graph g(cycle(5));
  const Real nan = std::numeric_limits<Real>::quiet_NaN(), infinite = std::numeric_limits<Real>::infinity();
  int tried = 0;
  Catalogue::each([&]<class K>() {
    CAPTURE(std::string(K::name));
    K kappa;
    const Operands x = operands(Case{.kernel = AnyKernel(K()), .normaliser = Normaliser::none}, g);
    const auto check = [&](Real& number, const std::string& name, bool above_zero) {
      const std::string what = "[attend] " + name + " of the " + std::string(K::name) + " kernel: got ";
      const Real usual = number;
      for (const Real wrong : {nan, infinite, Real(0), Real(-1)}) {
        number = wrong;
        const auto attends = [&] { return attend(g, kappa, x.q, x.k, x.v, x.options); };
        if (std::isfinite(wrong) && !above_zero)
          CHECK_NOTHROW(attends());
        else
          CHECK_THROWS_WITH_AS(attends(), doctest::Contains(what.c_str()), ValueError);
      }
      number = usual;
      ++tried;
    };
    const auto check_members = [&](auto& holder) {
      if constexpr (requires { holder.sigma; }) check(holder.sigma, "sigma", true);
      if constexpr (requires { holder.scale; }) check(holder.scale, "scale", false);
      if constexpr (requires { holder.floor; }) check(holder.floor, "floor", true);
      if constexpr (requires { holder.shift; }) check(holder.shift, "shift", false);
      if constexpr (requires { holder.negative_slope; }) check(holder.negative_slope, "negative_slope", false);
    };
    check_members(kappa);
    if constexpr (requires { kappa.energy; }) check_members(kappa.energy);
  });
  CHECK(tried > 10);
  const Variable x(noise(5, 4, 1));
  CHECK_THROWS_WITH_AS(attend(g, Gaussian{.sigma = -1}, x, x, x),
                       "[attend] sigma of the gaussian kernel: got -1.000000, want a finite number above 0",
                       ValueError);
  CHECK_THROWS_AS(attention_weights(g, Laplacian{.sigma = 0}, x, x), ValueError);
  CHECK_THROWS_WITH_AS(attend(g, SpectralMixture{.components = -1}, x, x, x, {.normaliser = Normaliser::row_sum}),
                       doctest::Contains("components of the spectral_mixture kernel: got -1"), ValueError);
}

namespace {

/// A kernel whose scale is not one number.
struct Scaled {
  static constexpr std::string_view name = "scaled";
  static constexpr bool smooth_at_zero = true;
  std::array<Real, 2> scale{1, 2};
  int floor = -1;

  MERCER_HD Dot pairing() const { return {}; }
  MERCER_HD Real log_value(Real t) const { return scale[0] * t; }
  MERCER_HD Real log_slope(Real) const { return scale[0]; }
};

}  // namespace

TEST_CASE("members of one's own kernel that are not of type Real are its own affair") {
  const Graph g(cycle(5));
  const Variable x(noise(5, 4, 1));
  CHECK_NOTHROW(attend(g, Scaled{}, x, x, x));
}

TEST_CASE("facts of edges that attend would not use are refused") {
  const Graph g(cycle(5));
  const Variable x(noise(5, 4, 1)), w(Tensor::filled(g.edges(), 1, 2)), features(noise(g.edges(), 3, 1));
  const Neighbourhood weighted(g, {.weight = w}), featured(g, {.features = features});
  const std::vector<Node> types(static_cast<std::size_t>(g.edges()), 0);
  const Neighbourhood typed(g, {.type = types, .types = 1});
  CHECK_THROWS_WITH_AS(attend(weighted, Gaussian{}, x, x, x), doctest::Contains("[attend] edge weights"), ValueError);
  CHECK_THROWS_WITH_AS(attention_weights(featured, Gaussian{}, x, x), doctest::Contains("[attend] edge types or feat"),
                       ValueError);
  CHECK_THROWS_WITH_AS(attend(typed, Gaussian{}, x, x, x), doctest::Contains("[attend] edge types or feat"),
                       ValueError);
  CHECK_NOTHROW(attend(weighted, Gaussian{}, x, x, x, {.edge_weight = w}));
  CHECK_NOTHROW(attend(featured, Gaussian{}, x, x, x, {.edge_bias = Variable(noise(g.edges(), 1, 2))}));
  CHECK_THROWS_WITH_AS(Neighbourhood(g, {.type = types}), doctest::Contains("number of edge types: got 0"), ValueError);
}

TEST_CASE("dropout on attention weights is a share") {
  const Graph g(cycle(5));
  const Variable x(noise(5, 4, 1));
  for (const float p : {60.f, -1.f, std::numeric_limits<float>::quiet_NaN()})
    CHECK_THROWS_WITH_AS(attend(g, Gaussian{}, x, x, x, {.dropout = {.p = p}}), doctest::Contains("[attend] dropout"),
                         ValueError);
}

TEST_CASE("wrong operands are refused by name") {
  const Graph g(cycle(5));
  const Variable x(noise(5, 4, 1)), short_one(noise(4, 4, 1)), half(noise(5, 2, 1)), a(noise(1, 4, 1));
  CHECK_THROWS_WITH_AS(attend(g, Gaussian{}, short_one, x, x), doctest::Contains("rows of q: got 4, want 5"),
                       ShapeError);
  CHECK_THROWS_AS(attend(g, Gaussian{}, x, half, x), ShapeError);
  CHECK_THROWS_WITH_AS(attend(g, Gaussian{}, x, x, x, {.heads = 3}),
                       doctest::Contains("[attend] columns of q: got 4, want a multiple of the 3 heads"), ShapeError);
  CHECK_THROWS_WITH_AS(attend(g, Constant{}, {}, {}, x, {.heads = 3}),
                       doctest::Contains("[attend] columns of v: got 4, want a multiple of the 3 heads"), ShapeError);
  CHECK_THROWS_AS(attend(g, Additive{}, x, x, x, {.heads = 2}), ShapeError);
  CHECK_THROWS_AS(attend(g, Gaussian{}, x, x, x, {.heads = 0}), ValueError);
  CHECK_THROWS_AS(attend(g, Gaussian{}, {}, {}, x), ValueError);
  CHECK_THROWS_AS(attend(g, Constant{}, x, x, x), ValueError);
  CHECK_THROWS_AS(attend(g, DynamicAdditive{}, x, x, x), ValueError);
  CHECK_THROWS_AS(attend(g, Gaussian{}, x, x, x, {.kernel_weight = a}), ValueError);
  CHECK_THROWS_AS(attend(g, Gaussian{}, x, x, x, {.edge_weight = Variable(Tensor::filled(10, 1, -1))}), ValueError);
  CHECK_THROWS_AS(attend(g, Gaussian{}, x, x, x, {.edge_bias = half}), ShapeError);
}
