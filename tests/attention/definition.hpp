#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "mercer/attention/attend.hpp"

namespace mercer::test {

/// The allowed difference between the passes and the definition.
inline constexpr double tolerance = sizeof(Real) == 8 ? 1e-12 : 2e-5;

/// κ(q_i, k_j) of one head from the definition, summed component by component.
template <Kernel K>
double kernel_value(const K& kappa, const Tensor& q, const Tensor& k, const Tensor& a, Index i, Index j, Index h,
                    Index heads) {
  const Index d = q.columns() / heads;
  double value = 0;
  if constexpr (RowKernel<K>) {
    std::vector<Real> t(static_cast<std::size_t>(kappa.values()));
    value = static_cast<double>(value_of_rows(kappa, q.row(i) + h * d, k.row(j) + h * d, t.data(), 1));
  } else {
    Real t = 0;
    for (Index c = h * d; c < (h + 1) * d; ++c)
      t += kappa.pairing().term(q(i, c), k(j, c), a.empty() ? Real(0) : a(0, c));
    value = static_cast<double>(value_of(kappa, t));
  }
  return is_signed_kernel<K>() ? value : std::exp(value);
}

/// κ(q_i, k_j) of a kernel of the catalogue.
inline double kernel_value(const AnyKernel& kernel, const Tensor& q, const Tensor& k, const Tensor& a, Index i, Index j,
                           Index h, Index heads) {
  double value = 0;
  Catalogue::each([&]<class K>() {
    if (const K* kappa = kernel.get_if<K>()) value = kernel_value(*kappa, q, k, a, i, j, h, heads);
  });
  return value;
}

/// The factor of edge (i, j) and head h by which a dropout multiplies: the bits of the draw (i, j), see
/// cpu::drop_edges.
inline double dropout_factor(const Dropout& dropout, Index i, Index j, Index h) {
  if (!dropout.active()) return 1;
  Stream stream = dropout.stream;
  stream.call += static_cast<std::uint32_t>(h / 8) << 24;
  const unsigned kept =
      dropout.kept_of_eight(stream.draw(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j)));
  return (kept >> (h % 8) & 1u) != 0 ? static_cast<double>(dropout.scale()) : 0;
}

/// α from the definition, in double, without subtracting the maximum or sharing passes; [edges, h].
template <class K>
std::vector<double> weights_by_definition(const Graph& graph, const K& kernel, const Tensor& q, const Tensor& k,
                                          const AttendOptions& o) {
  const CsrView g = graph.adjacency();
  const Index heads = o.heads;
  std::vector<double> alpha(static_cast<std::size_t>(g.edges() * heads));
  const auto at = [&](Edge e, Index h) -> double& { return alpha[static_cast<std::size_t>(e * heads + h)]; };
  for_each_edge(g, [&](Node i, Node j, Edge e) {
    for (Index h = 0; h < heads; ++h) {
      const Tensor a = o.kernel_weight ? o.kernel_weight.value() : Tensor();
      double s = 0;
      if (o.query_bias) s += o.query_bias.value()(i, h);
      if (o.key_bias) s += o.key_bias.value()(j, h);
      s *= dropout_factor(o.magnitude_dropout, i, j, h);
      if (const Variable& bias = o.relative_bias) {
        const Index most = bias.rows() / 2;
        s += bias.value()(most + std::clamp<Index>(i - j, -most, most), h);
      }
      if (o.edge_bias) s += o.edge_bias.value()(e, o.edge_bias.columns() == 1 ? 0 : h);
      at(e, h) = kernel_value(kernel, q, k, a, i, j, h, heads) * std::exp(s) *
                 (o.edge_weight ? o.edge_weight.value()(e, 0) : 1);
    }
  });
  for (Index i = 0; i < g.rows; ++i)
    for (Index h = 0; h < heads; ++h) {
      double sum = 0;
      for (const Edge e : g.row(i))
        sum += at(e, h);
      for (const Edge e : g.row(i)) {
        const auto mine = static_cast<double>(g.degree(i)),
                   theirs = static_cast<double>(graph.transpose().degree(g.neighbour[e]));
        switch (o.normaliser) {
          case Normaliser::softmax:
          case Normaliser::row_sum:
            at(e, h) = sum != 0 ? at(e, h) / sum : 0;
            break;
          case Normaliser::degree:
            at(e, h) /= mine;
            break;
          case Normaliser::symmetric:
            at(e, h) /= std::sqrt(mine * theirs);
            break;
          case Normaliser::none:
            break;
        }
      }
    }
  return alpha;
}

/// y from the definition.
template <class K>
Tensor attend_by_definition(const Graph& graph, const K& kernel, const Tensor& q, const Tensor& k, const Tensor& v,
                            const AttendOptions& o) {
  const auto alpha = weights_by_definition(graph, kernel, q, k, o);
  const Index d = v.columns() / o.heads;
  std::vector<double> y(static_cast<std::size_t>(graph.rows() * v.columns()), 0);
  for_each_edge(graph.adjacency(), [&](Node i, Node j, Edge e) {
    for (Index c = 0; c < v.columns(); ++c)
      y[static_cast<std::size_t>(i * v.columns() + c)] +=
          alpha[static_cast<std::size_t>(e * o.heads + c / d)] * v(j, c);
  });
  Tensor out(graph.rows(), v.columns());
  for (std::size_t n = 0; n < y.size(); ++n)
    out.data()[n] = static_cast<Real>(y[n]);
  return out;
}

}  // namespace mercer::test
