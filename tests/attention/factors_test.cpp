#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "attention/definition.hpp"
#include "mercer/attention/probe.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Index heads = 2, width = 3;

struct ScoreOperands {
  Variable q, k;
  AttendOptions options{};

  ScoreOperands(const Graph& g, const AnyKernel& kernel, Normaliser normaliser) {
    options = {.heads = heads, .normaliser = normaliser};
    options.key_bias = Variable(noise(g.columns(), heads, 3));
    options.edge_bias = Variable(noise(g.edges(), 1, 4));
    options.edge_weight = Variable(Tensor::filled(g.edges(), 1, Real(0.25)));
    if (!kernel.traits().compares) return;
    const Index columns = heads * head_width(kernel.traits(), width);
    q = Variable(noise(g.rows(), columns, 1));
    k = Variable(noise(g.columns(), columns, 2));
    if (kernel.traits().weighted) options.kernel_weight = Variable(noise(1, columns, 5));
  }
};

double ends_apart(const Graph& g, Normaliser normaliser, Node j) {
  if (normaliser != Normaliser::symmetric) return 0;
  return std::log(static_cast<double>(g.transpose().degree(j))) / 2;
}

double norm(const Tensor& x, Index i, Index h) {
  double sum = 0;
  for (Index c = h * width; c < (h + 1) * width; ++c)
    sum += static_cast<double>(x(i, c) * x(i, c));
  return sum;
}

}  // namespace

TEST_CASE("similarity is the kernel and magnitude everything else, for every kernel") {
  const Graph g(scattered(33));
  const AnyKernel kernels[] = {Exponential{Real(0.5)}, Additive{}, DynamicAdditive{}, Gaussian{Real(1.5)},
                               Laplacian{2},           Cauchy{1},  Constant{},        SquaredInnerProduct{1},
                               InnerProduct{1, 0}};
  for (const AnyKernel& kernel : kernels)
    for (const Normaliser normaliser : {Normaliser::row_sum, Normaliser::symmetric}) {
      CAPTURE(kernel.name());
      const ScoreOperands x(g, kernel, normaliser);
      const Factors of = attention_factors(g, kernel, x.q, x.k, x.options);
      CHECK(of.is_signed == kernel.is<InnerProduct>());
      CHECK(max_abs_difference(of.alpha, attention_weights(g, kernel, x.q, x.k, x.options)) == 0);
      const Tensor none, &q = x.q ? x.q.value() : none, &k = x.k ? x.k.value() : none,
                         &a = x.options.kernel_weight ? x.options.kernel_weight.value() : none;
      double far = 0;
      for_each_edge(g.adjacency(), [&](Node i, Node j, Edge e) {
        for (Index h = 0; h < heads; ++h) {
          const double kappa = kernel_value(kernel, q, k, a, i, j, h, heads);
          const double bias = x.options.key_bias.value()(j, h) + x.options.edge_bias.value()(e, 0) + std::log(0.25) -
                              ends_apart(g, normaliser, j);
          const double want = of.is_signed ? kappa : std::log(kappa);
          far = std::max({far, std::abs(of.similarity(e, h) - want) / (1 + std::abs(want)),
                          std::abs(of.log_magnitude(e, h) - bias)});
        }
      });
      CHECK(far < tolerance);
    }
}

TEST_CASE("a dot product is a radial basis function times a magnitude") {
  const Graph g(scattered(20));
  const Real scale = Real(0.6);
  ScoreOperands x(g, Exponential{scale}, Normaliser::softmax);
  x.options.key_bias = x.options.edge_bias = x.options.edge_weight = {};
  const HalfSquares halves{squared_norm(x.q, heads, 2, 2), squared_norm(x.k, heads, 2, 2)};
  const Factors of = attention_factors(g, Exponential{scale}, x.q, x.k, x.options, halves);
  const Factors whole = attention_factors(g, Exponential{scale}, x.q, x.k, x.options);
  const Factors rbf = attention_factors(g, Gaussian{.sigma = 1 / std::sqrt(scale)}, x.q, x.k, x.options);
  CHECK(max_abs_difference(of.similarity, rbf.similarity) < 10 * tolerance);
  double far = 0;
  for_each_edge(g.adjacency(), [&](Node i, Node j, Edge e) {
    for (Index h = 0; h < heads; ++h) {
      const double magnitude = 0.5 * scale * (norm(x.q.value(), i, h) + norm(x.k.value(), j, h));
      far = std::max(far, std::abs(of.log_magnitude(e, h) - magnitude));
      far = std::max<double>(far, std::abs(of.similarity(e, h) + of.log_magnitude(e, h) - whole.similarity(e, h)));
    }
  });
  CHECK(far < 10 * tolerance);
}

TEST_CASE("half squares are refused for other kernels than the dot product") {
  const Graph g(cycle(7));
  const ScoreOperands x(g, Gaussian{}, Normaliser::softmax);
  const HalfSquares halves{Variable(Tensor(7, heads)), Variable(Tensor(7, heads))};
  CHECK(message_of<ValueError>([&] {
          attention_factors(g, Gaussian{}, x.q, x.k, x.options, halves);
        }).find("dot product") != std::string::npos);
  const HalfSquares narrow{Variable(Tensor(7, 1)), Variable(Tensor(7, heads))}, one{Variable(Tensor(7, heads)), {}};
  CHECK_THROWS_AS(attention_factors(g, Exponential{}, x.q, x.k, x.options, narrow), ShapeError);
  CHECK_THROWS_AS(attention_factors(g, Exponential{}, x.q, x.k, x.options, one), ValueError);
}

TEST_CASE("graphs without edges have factors of no rows") {
  for (const Index n : {0, 1, 8}) {
    const Graph g(no_edges(n));
    const Factors of = attention_factors(g, Gaussian{}, Variable(Tensor(n, 6)), Variable(Tensor(n, 6)), {.heads = 2});
    CHECK(of.similarity.rows() == 0);
    CHECK(of.log_magnitude.rows() == 0);
  }
}

TEST_CASE("kernels of pairs of rows") {
  const Tensor q = noise(9, heads * width, 1), k = noise(9, heads * width, 2), a = noise(1, heads * width, 3);
  const AnyKernel kernels[] = {Exponential{Real(0.5)}, DynamicAdditive{}, Gaussian{Real(1.5)},
                               Laplacian{2},           Cauchy{1},         Constant{},
                               InnerProduct{1, 0}};
  for (const AnyKernel& kernel : kernels) {
    CAPTURE(kernel.name());
    const bool weighted = kernel.traits().weighted;
    const Tensor kappa = similarity_of_pairs(kernel, q, k, heads, weighted ? Variable(a) : Variable());
    REQUIRE(kappa.rows() == 9);
    for (Index r = 0; r < 9; ++r)
      for (Index h = 0; h < heads; ++h)
        CHECK(kappa(r, h) == doctest::Approx(kernel_value(kernel, q, k, a, r, r, h, heads)).epsilon(1e-4));
  }
  CHECK(AnyKernel(Gaussian{}).traits().stationary);
  CHECK(AnyKernel(Laplacian{}).traits().stationary);
  CHECK_FALSE(AnyKernel(Exponential{}).traits().stationary);
  CHECK_FALSE(AnyKernel(DynamicAdditive{}).traits().stationary);
}
