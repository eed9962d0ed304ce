#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/kernel/catalogue.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

Tensor rounded(Tensor x) {
  for (Real& value : x.values())
    value = stored(Storage::bf16, value);
  return x;
}

/// y and the gradients of q, k and v.
std::vector<Tensor> attended(const AnyKernel& kernel, const std::vector<Tensor>& operands, Storage storage) {
  const Graph graph(scattered(20));
  const Variable q(operands[0], true), k(operands[1], true), v(operands[2], true);
  const AttendOptions options{.heads = 2,
                              .normaliser = kernel.traits().is_signed ? Normaliser::degree : Normaliser::softmax,
                              .storage = storage};
  const Variable y = attend(graph, kernel, q, k, v, options);
  Variable(y).backward(noise(20, y.columns(), 7));
  return {y.value(), q.grad(), k.grad(), v.grad()};
}

double apart(const Tensor& a, const Tensor& b) { return max_abs_difference(a, b); }

}  // namespace

TEST_CASE("attention over brain floats is attention over rounded values, forward and backward") {
  for (const AnyKernel& kernel :
       {AnyKernel(Exponential{Real(0.5)}), AnyKernel(Gaussian{}), AnyKernel(InnerProduct{})}) {
    const std::vector<Tensor> x{noise(20, 6, 1), noise(20, 6, 2), noise(20, 10, 3)};
    const auto got = attended(kernel, x, Storage::bf16);
    const auto want = attended(kernel, {rounded(x[0]), rounded(x[1]), rounded(x[2])}, Storage::real);
    for (std::size_t n = 0; n < want.size(); ++n)
      CHECK(std::ranges::equal(got[n].values(), want[n].values()));
  }
}

namespace {

/// The operands of a kernel with so many heads, of width d where the kernel leaves it free.
struct Operands16 {
  Operands16(const AnyKernel& kernel, Index nodes, Index heads, Index d, bool rounds)
      : q(noise(nodes, heads * head_width(kernel.traits(), d), 1)),
        k(noise(nodes, heads * head_width(kernel.traits(), d), 2)),
        v(noise(nodes, heads * d, 3)),
        options{.heads = heads,
                .normaliser = kernel.traits().is_signed ? Normaliser::row_sum : Normaliser::softmax,
                .storage = rounds ? Storage::real : Storage::bf16,
                .dropout = {0.3f, {9, 4, 2}}} {
    if (kernel.traits().weighted) options.kernel_weight = Variable(noise(1, q.columns(), 5), true);
    for (Tensor* x : {&q, &k, &v})
      if (rounds) *x = rounded(std::move(*x));
  }
  Tensor q, k, v;
  AttendOptions options;
};

std::vector<Tensor> outcome(const Graph& g, const AnyKernel& kernel, const Operands16& x) {
  const Variable q(x.q, true), k(x.k, true), v(x.v, true);
  Variable y = attend(g, kernel, q.columns() > 0 ? q : Variable(), k.columns() > 0 ? k : Variable(), v, x.options);
  y.backward(noise(y.rows(), y.columns(), 7));
  std::vector<Tensor> found{y.value(), v.grad()};
  for (const Variable* each : {&q, &k, &x.options.kernel_weight})
    if (each->defined() && each->columns() > 0) found.push_back(each->grad());
  return found;
}

}  // namespace

TEST_CASE("of every kernel and width, brain floats give the bits of rounded values, in rows longer than a tile, too") {
  const Graph g(symmetrised(star(600)));
  Catalogue::each([&]<class K>() {
    const AnyKernel kernel{K{}};
    CAPTURE(kernel.name());
    for (const auto& [heads, d] : {std::pair<Index, Index>{1, 40}, {2, 13}, {8, 3}, {8, 8}}) {
      const auto got = outcome(g, kernel, Operands16(kernel, g.rows(), heads, d, false)),
                 want = outcome(g, kernel, Operands16(kernel, g.rows(), heads, d, true));
      for (std::size_t n = 0; n < want.size(); ++n)
        CHECK(std::ranges::equal(got[n].values(), want[n].values()));
    }
  });
}

TEST_CASE("brain floats change attention by as much as rounding to 8 bits does") {
  const std::vector<Tensor> x{noise(20, 6, 1), noise(20, 6, 2), noise(20, 10, 3)};
  const auto got = attended(Exponential{Real(0.5)}, x, Storage::bf16);
  const auto want = attended(Exponential{Real(0.5)}, x, Storage::real);
  for (std::size_t n = 0; n < want.size(); ++n) {
    CHECK(apart(got[n], want[n]) > 0);
    CHECK(apart(got[n], want[n]) < 0.05);  // for values of about 1
  }
}

TEST_CASE("weights and factors use the stored values") {
  const Graph graph(scattered(20));
  const Variable q(noise(20, 6, 1)), k(noise(20, 6, 2)), near(rounded(q.value())), far(rounded(k.value()));
  const AttendOptions real{.heads = 2}, bf16{.heads = 2, .storage = Storage::bf16};
  CHECK(apart(attention_weights(graph, Exponential{}, q, k, bf16),
              attention_weights(graph, Exponential{}, near, far, real)) == 0);
  CHECK(apart(attention_factors(graph, Exponential{}, q, k, bf16).similarity,
              attention_factors(graph, Exponential{}, near, far, real).similarity) == 0);
}
