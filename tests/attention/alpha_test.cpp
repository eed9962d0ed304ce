#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "attention/definition.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/kernels.hpp"

using namespace mercer;
using namespace mercer::test;

/// α as a function with a gradient.
namespace {

constexpr Index alpha_heads = 2, alpha_width = 3;

struct AlphaCase {
  Variable q, k;
  AttendOptions options;

  std::vector<Variable> leaves() const {
    std::vector<Variable> all;
    for (const Variable& x : {q, k, options.kernel_weight, options.key_bias, options.edge_bias, options.edge_weight})
      if (x) all.push_back(x);
    return all;
  }
};

/// The operands of a kernel, and every bias and weight of α.
AlphaCase alpha_case(const AnyKernel& kernel, Normaliser normaliser, const Graph& g) {
  const auto leaf = [](Index rows, Index columns, std::uint64_t seed) {
    return Variable(noise(rows, columns, seed, 0.4), true);
  };
  AlphaCase x;
  if (const Index d = head_width(kernel, alpha_width); d > 0) {
    x.q = leaf(g.rows(), alpha_heads * d, 1);
    x.k = leaf(g.columns(), alpha_heads * d, 2);
    if (kernel.is<DynamicAdditive>()) x.options.kernel_weight = leaf(1, alpha_heads * d, 3);
  }
  x.options.heads = alpha_heads;
  x.options.normaliser = normaliser;
  x.options.key_bias = leaf(g.columns(), alpha_heads, 4);
  x.options.edge_bias = leaf(g.edges(), 1, 5);
  x.options.edge_weight = Variable(Tensor::filled(g.edges(), 1, Real(0.7)), true);
  return x;
}

template <class Visit>
void for_each_alpha_case(const Graph& g, Visit visit) {
  for (const AnyKernel& kernel : all_kernels())
    for (const Normaliser normaliser :
         {Normaliser::softmax, Normaliser::row_sum, Normaliser::degree, Normaliser::symmetric, Normaliser::none}) {
      if (normaliser == Normaliser::softmax && kernel.traits().is_signed) continue;
      visit(kernel, alpha_case(kernel, normaliser, g));
    }
}

Tensor tensor_of(const Variable& x) { return x ? x.value() : Tensor(); }

}  // namespace

TEST_CASE("α by its definition, of every kernel and denominator, also with more sources than targets") {
  for (const Graph& g : {Graph(scattered(9)), Graph(Csr(2, 5, {0, 3, 5}, {0, 2, 4, 1, 4})), Graph(no_edges(3))})
    for_each_alpha_case(g, [&](const AnyKernel& kernel, const AlphaCase& x) {
      const Tensor alpha = attention_alpha(g, kernel, x.q, x.k, x.options).value();
      const std::vector<double> want = weights_by_definition(g, kernel, tensor_of(x.q), tensor_of(x.k), x.options);
      REQUIRE(alpha.size() == static_cast<Index>(want.size()));
      for (std::size_t n = 0; n < want.size(); ++n)
        CHECK(static_cast<double>(alpha.values()[n]) == doctest::Approx(want[n]).epsilon(20 * tolerance));
    });
}

TEST_CASE("gradients of α: q, k, the weighted sum's vector, biases and weights" * doctest::skip(sizeof(Real) != 8)) {
  for (const Graph& g : {Graph(scattered(7)), Graph(Csr(2, 5, {0, 3, 5}, {0, 2, 4, 1, 4}))})
    for_each_alpha_case(g, [&](const AnyKernel& kernel, const AlphaCase& x) {
      CAPTURE(std::string(kernel.name()));
      CAPTURE(static_cast<int>(x.options.normaliser));
      CHECK(held_gradient_gap([&] { return attention_alpha(g, kernel, x.q, x.k, x.options); }, x.leaves()) < 1e-6);
    });
}

TEST_CASE("the gradient of the entropy of α by its closed form") {
  // H = −Σ_j α_j ln α_j over one row of a softmax: ∂H/∂bias_j = −α_j (ln α_j + H)
  const Graph g(Csr(1, 4, {0, 4}, {0, 1, 2, 3}));
  const Variable bias(noise(4, 1, 6), true);
  const Variable alpha = attention_alpha(g, Constant{}, {}, {}, {.key_bias = bias});
  Variable entropy = scale(sum(multiply(alpha, log(alpha))), -1);
  const double H = static_cast<double>(entropy.value()(0, 0));
  entropy.backward();
  for (Index j = 0; j < 4; ++j) {
    const double a = static_cast<double>(alpha.value()(j, 0));
    CHECK(static_cast<double>(bias.grad()(j, 0)) == doctest::Approx(-a * (std::log(a) + H)).epsilon(1e-4));
  }
}

TEST_CASE("α has no dropout, and shares a tape with y") {
  const Graph g(with_loops(scattered(9)));
  const Variable q(noise(9, 6, 1), true), v(noise(9, 4, 2));
  AttendOptions options{.heads = 2};
  const Tensor kept = attention_alpha(g, Gaussian{}, q, q, options).value();
  options.dropout = Dropout{0.5f, Stream{1, 1, 0}};
  CHECK(max_abs_difference(attention_alpha(g, Gaussian{}, q, q, options).value(), kept) == 0);
  options.dropout = {};
  // the gradients of q through y and through α add up
  Variable both = add(sum(attend(g, Gaussian{}, q, q, v, options)),
                      sum(multiply(attention_alpha(g, Gaussian{}, q, q, options), Variable(noise(g.edges(), 2, 3)))));
  both.backward();
  const Tensor together = q.grad();
  Variable(q).clear_grad();
  sum(attend(g, Gaussian{}, q, q, v, options)).backward();
  sum(multiply(attention_alpha(g, Gaussian{}, q, q, options), Variable(noise(g.edges(), 2, 3)))).backward();
  CHECK(max_abs_difference(q.grad(), together) < 1e-5);
  CHECK(max_abs_difference(together, Tensor(9, 6)) > 0.01);
}
