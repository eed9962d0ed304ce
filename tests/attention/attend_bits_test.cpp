#include <doctest/doctest.h>

#include "attention/definition.hpp"
#include "mercer/base/parallel.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct Outcome {
  Tensor y, dq, dk, dv;
};

Outcome run(const Graph& g, float dropout) {
  const Index n = g.rows();
  const Variable q(noise(n, 16, 1), true), k(noise(n, 16, 2), true), v(noise(n, 64, 3), true);
  Variable y = attend(g, Gaussian{2}, q, k, v, {.heads = 8, .dropout = {dropout, {9, 4, 2}}});
  Tensor kept = y.value();
  y.backward(noise(n, 64, 4));
  return {kept, q.grad(), k.grad(), v.grad()};
}

}  // namespace

TEST_CASE("attend gives the same bits at 1, 2 and 4 threads") {
  const Graph g(symmetrised(scattered(3000)));
  set_threads(1);
  const Outcome one = run(g, 0.5f);
  for (const int count : {2, 4}) {
    set_threads(count);
    const Outcome more = run(g, 0.5f);
    CHECK(same_bits(one.y, more.y));
    CHECK(same_bits(one.dq, more.dq));
    CHECK(same_bits(one.dk, more.dk));
    CHECK(same_bits(one.dv, more.dv));
  }
  set_threads(0);
}

namespace {

/// The gradients of q and of a kernel's vector, where that is all, or with those of k and v.
std::vector<Tensor> row_gradients(const Graph& g, const AnyKernel& kernel, bool with_columns, Storage storage) {
  const KernelTraits traits = kernel.traits();
  const Index n = g.rows(), heads = 3, d = head_width(traits, 4);
  const Variable q(noise(n, heads * d, 1), true), k(noise(n, heads * d, 2), with_columns),
      v(noise(n, heads * 5, 3), with_columns);
  AttendOptions options{.heads = heads, .storage = storage, .dropout = {0.3f, {9, 4, 2}}};
  if (traits.is_signed) options.normaliser = Normaliser::row_sum;
  if (traits.weighted) options.kernel_weight = Variable(noise(1, heads * d, 5), true);
  Tensor dy = noise(n, heads * 5, 4);
  std::fill_n(dy.row(n / 2), 3 * dy.columns(), Real(0));  // rows that the passes skip
  attend(g, kernel, q, k, v, options).backward(dy);
  std::vector<Tensor> found{q.grad()};
  if (traits.weighted) found.push_back(options.kernel_weight.grad());
  return found;
}

}  // namespace

TEST_CASE("what columns leave for rows are the bits that rows compute alone") {
  const Graph g(scattered(700));
  Catalogue::each([&]<class K>() {
    const AnyKernel kernel{K{}};
    if (!kernel.traits().compares) return;
    CAPTURE(kernel.name());
    for (const Storage storage : {Storage::real, Storage::bf16}) {
      const std::vector<Tensor> alone = row_gradients(g, kernel, false, storage),
                                both = row_gradients(g, kernel, true, storage);
      for (std::size_t n = 0; n < alone.size(); ++n)
        CHECK(same_bits(alone[n], both[n]));
    }
  });
}

namespace {

/// y and the gradients of q and of k + v, which are one variable or two with the same values.
std::vector<Tensor> with_one_source(const AnyKernel& kernel, bool one, Index width, Storage storage = Storage::real) {
  const Graph g(symmetrised(scattered(700)));
  const Index heads = 2, n = g.rows();
  const Variable q(noise(n, heads * width, 1), true), k(noise(n, heads * width, 2), true), other(k.value(), true);
  AttendOptions options{.heads = heads, .storage = storage, .dropout = {0.3f, {9, 4, 2}}};
  if (kernel.traits().weighted) options.kernel_weight = Variable(noise(1, heads * width, 5), true);
  Variable y = attend(g, kernel, q, k, one ? k : other, options);
  const Tensor found = y.value();
  y.backward(noise(n, heads * width, 4));
  Tensor sum = k.grad();
  for (Index c = 0; !one && c < sum.size(); ++c)
    sum.data()[c] += other.grad().data()[c];
  return {found, q.grad(), sum};
}

}  // namespace

TEST_CASE("one variable as key and value: the bits of two but in its gradient, whose terms come in another order") {
  for (const AnyKernel& kernel : {AnyKernel(DynamicAdditive{}), AnyKernel(Exponential{Real(0.1)})})
    for (const Index width : {3, 64})
      for (const Storage storage : {Storage::real, Storage::bf16}) {
        const auto one = with_one_source(kernel, true, width, storage),
                   two = with_one_source(kernel, false, width, storage);
        CHECK(same_bits(one[0], two[0]));
        CHECK(same_bits(one[1], two[1]));
        CHECK(max_abs_difference(one[2], two[2]) < Real(2e-5));
        for (const int count : {1, 2, 4}) {
          set_threads(count);
          CHECK(same_bits(with_one_source(kernel, true, width, storage)[2], one[2]));
        }
        set_threads(0);
      }
}

TEST_CASE("dropout on α: the same mask forward and backward, and the right expectation") {
  // v = 1: y_i = Σ α̃_ij; dv_j = Σ_i α̃_ij dy_i, so with dy = 1 both sum to the same
  const Graph g(symmetrised(scattered(600)));
  const Index n = g.rows(), heads = 10;
  const Variable q(noise(n, heads, 1), true), v(Tensor::filled(n, heads, 1), true);
  Variable y = attend(g, Exponential{1}, q, q, v, {.heads = heads, .dropout = {0.6f, {1, 2, 3}}});
  double sum = 0, back = 0, rows = 0;
  for (const Real value : y.value().values())
    sum += value;
  y.backward(Tensor::filled(n, heads, 1));
  for (const Real value : v.grad().values())
    back += value;
  for (Index i = 0; i < n; ++i)
    rows += g.adjacency().degree(i) > 0 ? 1 : 0;
  CHECK(sum == doctest::Approx(back).epsilon(1e-5));
  CHECK(sum == doctest::Approx(rows * static_cast<double>(heads)).epsilon(0.05));

  const Variable again = attend(g, Exponential{1}, q, q, v, {.heads = heads, .dropout = {0.6f, {1, 2, 3}}});
  const Variable other = attend(g, Exponential{1}, q, q, v, {.heads = heads, .dropout = {0.6f, {1, 3, 3}}});
  CHECK(same_bits(y.value(), again.value()));
  CHECK_FALSE(same_bits(y.value(), other.value()));
}

TEST_CASE("gradients under dropout" * doctest::skip(sizeof(Real) != 8)) {
  const Graph g(scattered(9));
  const Dropout drop{0.4f, {8, 1, 1}};
  Variable x(noise(9, 4, 1), true);
  const Tensor weight = noise(9, 4, 2);
  const auto value = [&] { return attend(g, Gaussian{1}, x, x, x, {.heads = 2, .dropout = drop}); };
  value().backward(weight);
  for (Index n = 0; n < x.value().size(); ++n) {
    const auto objective = [&](Real shift) {
      x.mutable_value().data()[n] += shift;
      const Tensor y = value().value();
      x.mutable_value().data()[n] -= shift;
      double sum = 0;
      for (Index m = 0; m < y.size(); ++m)
        sum += static_cast<double>(y.data()[m]) * weight.data()[m];
      return sum;
    };
    CHECK(x.grad().data()[n] == doctest::Approx((objective(Real(1e-5)) - objective(Real(-1e-5))) / 2e-5).epsilon(1e-6));
  }
}

TEST_CASE("rows without gradient are skipped, with the same result") {
  const Graph g(symmetrised(scattered(50)));
  const Variable q(noise(50, 4, 1), true), v(noise(50, 4, 2), true);
  Tensor dy(50, 4);
  for (Index c = 0; c < 4; ++c)
    dy(7, c) = 1;
  attend(g, Gaussian{1}, q, q, v).backward(dy);
  const Tensor alpha = attention_weights(g, Gaussian{1}, q, q);
  Tensor dv(50, 4);
  for (const Edge e : g.adjacency().row(7))
    for (Index c = 0; c < 4; ++c)
      dv(g.adjacency().neighbour[e], c) = alpha(e, 0);
  CHECK(max_abs_difference(v.grad(), dv) < 1e-6);
}
