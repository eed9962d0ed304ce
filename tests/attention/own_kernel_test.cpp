// Users' kernels in everything that attends.
#include "support/own_kernels.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "../apps/examples/student_t.hpp"
#include "attention/definition.hpp"
#include "mercer/attention/probe.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct OwnOperands {
  Variable q, k, v;
  AttendOptions options{};
};

template <class K>
OwnOperands own_operands(const K& kappa, const Graph& g, Index heads, Index width, Normaliser normaliser) {
  const KernelTraits traits = AnyKernel(kappa).traits();
  const Index columns = heads * head_width(traits, width);
  const auto variable = [](Index rows, Index columns, std::uint64_t seed) {
    return Variable(noise(rows, columns, seed, 0.6), true);
  };
  OwnOperands x{.q = variable(g.rows(), columns, 1),
                .k = variable(g.columns(), columns, 2),
                .v = variable(g.columns(), heads * 5, 3)};
  x.options = {.heads = heads, .normaliser = normaliser, .key_bias = variable(g.columns(), heads, 4)};
  if (traits.weighted) x.options.kernel_weight = variable(1, columns, 5);
  return x;
}

/// Calls visit(kernel, name) for one kernel of every kind.
template <class Visit>
void each_own_kernel(Visit&& visit) {
  visit(StudentT{.nu = Real(2.5)});
  visit(CubedExponential{});
  visit(WeightedCosine{});
  visit(BellOfSum{});
  visit(Stereographic{.dimensions = 3});
  visit(OwnMixture{{.components = 2, .rank = 3, .shift = 2}});
}

template <class K>
double largest_gap_of_gradients(const K& kappa, const Graph& g, OwnOperands& x, const Tensor& weight) {
  attend(g, kappa, x.q, x.k, x.v, x.options).backward(weight);
  const auto objective = [&] {
    const Tensor y = attend(g, kappa, x.q, x.k, x.v, x.options).value();
    double sum = 0;
    for (Index n = 0; n < y.size(); ++n)
      sum += static_cast<double>(y.data()[n] * weight.data()[n]);
    return sum;
  };
  double gap = 0;
  for (Variable* operand : {&x.q, &x.k, &x.v, &x.options.kernel_weight, &x.options.key_bias}) {
    if (!*operand) continue;
    for (Index n = 0; n < operand->value().size(); ++n) {
      Real& value = operand->mutable_value().data()[n];
      const Real before = value, h = Real(1e-5);
      value = before + h;
      const double up = objective();
      value = before - h;
      const double down = objective();
      value = before;
      const double want = (up - down) / (2 * static_cast<double>(h));
      gap = std::max(gap,
                     std::abs(want - static_cast<double>(operand->grad().data()[n])) / std::max(1.0, std::abs(want)));
    }
  }
  return gap;
}

}  // namespace

TEST_CASE("own kernels: attend agrees with the definition") {
  each_own_kernel([](const auto& kappa) {
    CAPTURE(std::string(kappa.name));
    const bool is_signed = AnyKernel(kappa).traits().is_signed;
    for (const Normaliser by :
         {is_signed ? Normaliser::row_sum : Normaliser::softmax, Normaliser::degree, Normaliser::none})
      for (const Index n : {1, 9, 33})
        for (const Index heads : {1, 8}) {
          const Graph g(scattered(n));
          const OwnOperands x = own_operands(kappa, g, heads, n == 9 ? 8 : 5, by);
          const Tensor q = x.q.value(), k = x.k.value();
          CHECK(max_abs_difference(attend(g, kappa, x.q, x.k, x.v, x.options).value(),
                                   attend_by_definition(g, kappa, q, k, x.v.value(), x.options)) < 5 * tolerance);
        }
  });
}

TEST_CASE("own kernels: gradients" * doctest::skip(sizeof(Real) != 8)) {
  each_own_kernel([](const auto& kappa) {
    CAPTURE(std::string(kappa.name));
    const bool is_signed = AnyKernel(kappa).traits().is_signed;
    const Graph g(scattered(9));
    for (const Index heads : {1, 3}) {
      OwnOperands x = own_operands(kappa, g, heads, 9, is_signed ? Normaliser::row_sum : Normaliser::softmax);
      CHECK(largest_gap_of_gradients(kappa, g, x, noise(9, heads * 5, 77)) < 2e-8);
    }
  });
}

TEST_CASE("a second kernel of whole rows works as the spectral mixture does") {
  const SpectralMixture mixture{.components = 2, .rank = 8, .shift = 2};
  const Graph g(symmetrised(star(700)));  // rows longer than a tile
  const auto run = [&](const AnyKernel& kernel) {
    OwnOperands x = own_operands(mixture, g, 2, 0, Normaliser::row_sum);
    Variable y = attend(g, kernel, x.q, x.k, x.v, x.options);
    Tensor value = y.value();
    y.backward(noise(700, 10, 7));
    return std::vector<Tensor>{value, x.q.grad(), x.k.grad(), x.v.grad(), x.options.key_bias.grad()};
  };
  const std::vector<Tensor> own = run(OwnMixture{mixture}), built_in = run(mixture);
  for (std::size_t n = 0; n < own.size(); ++n)
    CHECK(max_abs_difference(own[n], built_in[n]) < (sizeof(Real) == 8 ? 1e-10 : 1e-3));
}

TEST_CASE("own kernels have weights, factors and probes") {
  const Graph g(scattered(9));
  const Tensor q = noise(9, 6, 1), k = noise(9, 6, 2);
  const StudentT kappa{.nu = 4};
  const Tensor of_pairs = similarity_of_pairs(kappa, q, k, 2);
  for (Index r = 0; r < 9; ++r)
    for (Index h = 0; h < 2; ++h)
      CHECK(of_pairs(r, h) == doctest::Approx(kernel_value(kappa, q, k, Tensor(), r, r, h, 2)).epsilon(1e-5));
  const Factors of = attention_factors(g, kappa, Variable(q), Variable(k), {.heads = 2});
  for_each_edge(g.adjacency(), [&](Node i, Node j, Edge e) {
    for (Index h = 0; h < 2; ++h)
      CHECK(std::exp(static_cast<double>(of.similarity(e, h))) ==
            doctest::Approx(kernel_value(kappa, q, k, Tensor(), i, j, h, 2)).epsilon(1e-5));
  });
}

TEST_CASE("AnyKernel holds a kernel and gives its traits") {
  const AnyKernel student = StudentT{.nu = 7};
  CHECK(student.name() == "student_t");
  CHECK(student.traits().stationary);
  CHECK_FALSE(student.traits().is_signed);
  CHECK(student.get<StudentT>().nu == 7);
  CHECK(student.get_if<Cauchy>() == nullptr);
  CHECK(student.fitted(16).get<StudentT>().nu == 7);  // has no `fitted`
  CHECK_THROWS_WITH_AS(student.get<Cauchy>(), "[kernel] got student_t, want cauchy", ValueError);
  CHECK_FALSE(student.is_of_catalogue());
  CHECK(AnyKernel(Gaussian{}).is_of_catalogue());

  CHECK(AnyKernel(WeightedCosine{}).traits().weighted);
  CHECK(AnyKernel(WeightedCosine{}).traits().is_signed);
  CHECK_FALSE(AnyKernel(WeightedCosine{}).traits().stationary);
  CHECK(AnyKernel(BellOfSum{}).traits().has_slope);
  CHECK(AnyKernel(Stereographic{.dimensions = 4}).traits().width == 4);
  CHECK_FALSE(AnyKernel(Stereographic{}).traits().is_signed);
  CHECK(AnyKernel(OwnMixture{}).traits().is_signed);
}

TEST_CASE("attend refuses operands that an own kernel can't take") {
  const Graph g(scattered(9));
  const Variable x(noise(9, 6, 1)), w(noise(1, 6, 2));
  CHECK_THROWS_AS(attend(g, WeightedCosine{}, x, x, x, {.kernel_weight = w}), ValueError);  // softmax of a signed one
  CHECK_THROWS_AS(attend(g, WeightedCosine{}, x, x, x, {.normaliser = Normaliser::row_sum}), ValueError);  // no weight
  CHECK_THROWS_AS(attend(g, StudentT{}, x, x, x, {.kernel_weight = w}), ValueError);
  CHECK_THROWS_AS(attend(g, BellOfSum{}, x, x, x, {.heads = 2}), ShapeError);
  CHECK_THROWS_AS(attend(g, Stereographic{.dimensions = 4}, x, x, x, {.heads = 2}), ShapeError);
}
