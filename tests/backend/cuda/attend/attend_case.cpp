#include "backend/cuda/attend/attend_case.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "support/kernels.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

bool is_weighted(const AnyKernel& kernel) { return kernel.traits().weighted; }

}  // namespace

AttentionOperands operands_of(const AttentionCase& c) {
  const Index n = c.rows(), m = c.columns(), h = c.shape.heads, d = head_width(c.kernel, c.shape.d);
  const auto positive = [](Tensor x) {
    for (Real& value : x.values())
      value = std::abs(value);
    return x;
  };
  AttentionOperands x;
  x.q = random_tensor(n, h * d, 1), x.k = random_tensor(m, h * d, 2), x.v = random_tensor(m, h * c.shape.e, 3);
  const Real size = d > 0 ? 1 / std::sqrt(static_cast<Real>(d)) : Real(1);
  for (Tensor* of : {&x.q, &x.k})
    for (Real& value : of->values())
      value *= size;  // logarithms of about 1 at any width
  x.dy = random_tensor(n, h * c.shape.e, 4);
  for (Index i = 0; c.few_rows && i < n; ++i)
    if (i % 3 != 0) std::fill_n(x.dy.row(i), x.dy.columns(), Real(0));
  if (is_weighted(c.kernel)) x.weight = random_tensor(1, h * d, 5);
  if (c.biased) x.key_bias = random_tensor(m, h, 6);
  if (c.query_biased) x.query_bias = random_tensor(n, h, 11);
  if (c.relative >= 0) x.relative_bias = random_tensor(2 * c.relative + 1, h, 12);
  if (c.biased && !c.view().slots.empty()) {
    x.edge_bias = random_tensor(c.edges(), c.shared_bias ? 1 : h, 7);
    x.edge_weight = positive(random_tensor(c.edges(), 1, 8));
    for (Index e = 1; e < c.edges(); e += 5)
      x.edge_weight(e, 0) = 0;
  }
  if (c.shifted) {
    x.row_shift = random_tensor(n, 1, 9);
    x.column_shift = random_tensor(m, 1, 10);
  }
  return x;
}

EdgeTerms terms_of(const AttentionCase& c, const AttentionOperands& x) {
  EdgeTerms terms;
  terms.kernel = c.kernel;
  terms.heads = c.shape.heads;
  terms.q = view_of(x.q), terms.k = view_of(x.k), terms.kernel_weight = view_of(x.weight);
  terms.query_bias = view_of(x.query_bias), terms.key_bias = view_of(x.key_bias),
  terms.edge_bias = view_of(x.edge_bias);
  terms.edge_weight = view_of(x.edge_weight), terms.relative_bias = view_of(x.relative_bias);
  terms.storage = c.storage;
  terms.row_sum = c.row_sum;
  terms.row_shift = view_of(x.row_shift), terms.column_shift = view_of(x.column_shift);
  terms.dropout = {static_cast<float>(c.dropout), {.seed = 7, .step = 3, .call = 2}, 0, c.transposed};
  terms.magnitude_dropout = {static_cast<float>(c.magnitude_dropout), {.seed = 7, .step = 3, .call = 1}};
  terms.guard = Real(1e-2);
  return terms;
}

namespace {

AttentionResults run(const AttentionCase& c, const AttentionOperands& x, const auto& forward, const auto& backward) {
  const Device device = x.v.device();
  const EdgeTerms terms = terms_of(c, x);
  AttentionResults r;
  r.y = Tensor::uninitialized(c.rows(), x.v.columns(), device);
  r.state = Tensor::uninitialized(c.rows(), c.shape.heads, device);
  if (c.keeps_slope) r.slope = Tensor::uninitialized(r.y.rows(), r.y.columns(), device);
  if (c.row_sum && c.kernel.traits().is_signed) r.guards = Tensor::like(r.state);
  const Kept kept{r.state, view_of(r.slope), view_of(r.guards)};
  r.guarded = forward(terms, x.v, r.y, kept);
  r.dq = Tensor::like(x.q), r.dk = Tensor::like(x.k), r.dv = Tensor::like(x.v), r.dweight = Tensor::like(x.weight);
  r.dkey_bias = Tensor::like(x.key_bias), r.dedge_bias = Tensor::like(x.edge_bias);
  r.dedge_weight = Tensor::like(x.edge_weight), r.dquery_bias = Tensor::like(x.query_bias);
  r.drelative_bias = Tensor::like(x.relative_bias);
  backward(
      terms, x.v, r.y, kept, x.dy,
      EdgeGradients{view_of(r.dq), view_of(r.dk), view_of(r.dv), view_of(r.dweight), view_of(r.dkey_bias),
                    view_of(r.dedge_bias), view_of(r.dedge_weight), view_of(r.dquery_bias), view_of(r.drelative_bias)});
  return r;
}

}  // namespace

AttentionResults run(const AttentionCase& c, const AttentionOperands& x) {
  const TopologyView topology = c.view();
  const bool on_cpu = x.v.device().is_cpu();
  const EdgeLists lists = on_cpu ? cpu::edge_lists(topology) : cuda::edge_lists(topology);
  const auto forward = on_cpu ? cpu::attend_forward : cuda::attend_forward;
  const auto backward = on_cpu ? cpu::attend_backward : cuda::attend_backward;
  return run(
      c, x,
      [&](const EdgeTerms& terms, ConstView v, View y, const Kept& kept) {
        return forward(terms, lists.adjacency, v, y, kept);
      },
      [&](const EdgeTerms& terms, ConstView v, ConstView y, const Kept& kept, ConstView dy, const EdgeGradients& out) {
        backward(terms, lists, v, y, kept, dy, out);
      });
}

AttentionResults run_streamed(const AttentionCase& c, const AttentionOperands& x, std::size_t bytes) {
  const TopologyView topology = c.view();
  return run(
      c, x,
      [&](const EdgeTerms& terms, ConstView v, View y, const Kept& kept) {
        return streamed::attend_forward(terms, topology, bytes, v, y, kept);
      },
      [&](const EdgeTerms& terms, ConstView v, ConstView y, const Kept& kept, ConstView dy, const EdgeGradients& out) {
        streamed::attend_backward(terms, topology, bytes, v, y, kept, dy, out);
      });
}

}  // namespace mercer::test
