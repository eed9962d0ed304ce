#include "mercer/attention/probe.hpp"

#include <cmath>
#include <vector>

#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

/// A graph where row r attends only to column r.
Graph pairs(Index rows) {
  std::vector<NodePair> edges;
  for (Index r = 0; r < rows; ++r)
    edges.emplace_back(static_cast<Node>(r), static_cast<Node>(r));
  return Graph(from_edges(rows, edges));
}

}  // namespace

Tensor similarity_of_pairs(const AnyKernel& kernel, const Tensor& q, const Tensor& k, Index heads,
                           const Variable& kernel_weight) {
  const NoGrad no_tape;
  const AttendOptions options{.heads = heads, .normaliser = Normaliser::none, .kernel_weight = kernel_weight};
  const bool compares = kernel.traits().compares;
  const auto operand = [compares](const Tensor& x) { return compares ? Variable(x) : Variable(); };
  Factors factors = attention_factors(pairs(q.rows()), kernel, operand(q), operand(k), options);
  if (!factors.is_signed)
    for (Real& value : factors.similarity.values())
      value = std::exp(value);
  return std::move(factors.similarity);
}

}  // namespace mercer
