#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "attention/terms.hpp"
#include "backend/relative_row.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// The rows of g with a source of its own for every edge: the source of slot e is column e.
Graph source_of_each_edge(const EdgeRows& g) {
  require(
      g.edges() <= std::numeric_limits<Node>::max(), "attention_alpha",
      "edges: got " + std::to_string(g.edges()) + ", want at most " + std::to_string(std::numeric_limits<Node>::max()));
  std::vector<Edge> offset{0};
  for (Index i = 0; i < g.rows; ++i)
    offset.push_back(g.offset[i + 1]);
  std::vector<Node> column(static_cast<std::size_t>(g.edges()));
  std::iota(column.begin(), column.end(), Node(0));
  return Graph(Csr(g.rows, g.edges(), std::move(offset), std::move(column)));
}

/// Minus the logarithm of a denominator that does not depend on the scores, [edges, h]; empty for the other
/// normalisers.
Tensor fixed_denominator(const TopologyView& g, Normaliser normaliser, Index heads) {
  const bool symmetric = normaliser == Normaliser::symmetric;
  if (!symmetric && normaliser != Normaliser::degree) return {};
  const auto degree = [](const EdgeRows& rows, std::span<const Edge> given, Node i) {
    return static_cast<Real>(given.empty() ? rows.degree(i) : given[static_cast<std::size_t>(i)]);
  };
  Tensor bias(g.adjacency.edges(), heads);
  for_each_edge(g.adjacency, [&](Node i, Node j, Edge e) {
    const Real of_target = std::log(degree(g.adjacency, g.in_degree, i));
    const Real taken = symmetric ? (of_target + std::log(degree(g.transpose, g.out_degree, j))) / 2 : of_target;
    for (Index h = 0; h < heads; ++h)
      bias(e, h) = -taken;
  });
  return bias;
}

/// The relative bias of every edge, [edges, h].
Variable of_pairs(const EdgeRows& g, const Variable& relative) {
  std::vector<Node> row(static_cast<std::size_t>(g.edges()));
  for_each_edge(g, [&](Node i, Node j, Edge e) {
    row[static_cast<std::size_t>(e)] = static_cast<Node>(relative_row(relative.rows(), i, j));
  });
  return gather_rows(relative, row);
}

/// Σ_e dα_e α_e as a function of q, k, kernel_weight and the biases and weights of inputs_of_weights: the sum of y of
/// an attention where every edge has its own source with the value dα_e.
Variable weighed(const TopologyView& g, const AnyKernel& kernel, std::span<const Variable> in, Tensor dalpha,
                 AttendOptions options) {
  std::vector<Node> source(static_cast<std::size_t>(g.adjacency.edges()));
  for_each_edge(g.adjacency, [&](Node, Node j, Edge e) { source[static_cast<std::size_t>(e)] = j; });
  const auto of_edges = [&](const Variable& x) { return x ? gather_rows(x, source) : Variable(); };
  options.kernel_weight = in[2];
  options.key_bias = of_edges(in[3]);
  options.edge_bias = in[4];
  options.edge_weight = in[5];
  options.query_bias = in[6];
  options.relative_bias = {};
  if (in[7]) options.edge_bias = of_pairs(g.adjacency, in[7]);  // segments have no other
  if (Tensor bias = fixed_denominator(g, options.normaliser, options.heads); !bias.empty()) {
    const Variable taken(bias.to(dalpha.device()));
    options.key_bias = options.key_bias ? add(options.key_bias, taken) : taken;
    options.normaliser = Normaliser::none;
  }
  return attend(source_of_each_edge(g.adjacency), kernel, in[0], of_edges(in[1]), Variable(std::move(dalpha)), options);
}

}  // namespace

Variable attention_alpha(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q,
                         const Variable& k, const AttendOptions& given) {
  AttendOptions options = given;
  options.dropout = options.magnitude_dropout = {};
  options.guarded = nullptr;
  Tensor alpha = attention_weights(neighbourhood, kernel, q, k, options);
  return Variable::record(
      std::move(alpha), inputs_of_weights(q, k, options),
      [topology = neighbourhood.topology(), kernel, options](std::span<Variable> in, Tensor& dalpha) {
        std::vector<Variable> leaves;
        for (const Variable& x : in)
          leaves.push_back(x ? Variable(x.value(), x.wants_grad()) : Variable());
        Variable y = weighed(view_of(topology), kernel, leaves, std::move(dalpha), options);
        y.backward(Tensor::filled(y.rows(), y.columns(), 1).to(y.device()));
        for (std::size_t n = 0; n < in.size(); ++n)
          if (in[n].wants_grad()) in[n].add_grad(std::move(leaves[n].mutable_grad()));
      });
}

}  // namespace mercer
