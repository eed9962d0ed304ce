#include "mercer/attention/probe.hpp"

#include <cmath>
#include <type_traits>
#include <vector>

#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

/// Row r attends to column r alone.
Graph pairs(Index rows) {
  std::vector<NodePair> edges;
  for (Index r = 0; r < rows; ++r)
    edges.emplace_back(static_cast<Node>(r), static_cast<Node>(r));
  return Graph(from_edges(rows, edges));
}

}  // namespace

Tensor similarity_of_pairs(const AnyKernel& kernel, const Tensor& q, const Tensor& k, Index heads,
                           const Variable& kernel_weight) {
  if (std::holds_alternative<Constant>(kernel)) return Tensor::filled(q.rows(), heads, 1);
  const NoGrad no_tape;
  const AttendOptions options{.heads = heads, .normaliser = Normaliser::none, .kernel_weight = kernel_weight};
  Factors of = attention_factors(pairs(q.rows()), kernel, Variable(q), Variable(k), options);
  if (!of.is_signed)
    for (Real& value : of.similarity.values())
      value = std::exp(value);
  return std::move(of.similarity);
}

bool is_stationary(const AnyKernel& kernel) {
  return std::visit(
      []<class K>(const K&) {
        using P = PairingOf<K>;
        return std::is_same_v<K, SpectralMixture> || std::is_same_v<P, SquaredDistance> ||
               std::is_same_v<P, AbsoluteDistance> || std::is_same_v<P, Nothing>;
      },
      kernel);
}

}  // namespace mercer
