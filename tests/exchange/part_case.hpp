#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/exchange/partitioned.hpp"
#include "mercer/exchange/ranks.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/partition/part.hpp"
#include "support/graphs.hpp"

/// One attention on the whole graph and on its parts, one rank for each part.
namespace mercer::test {

/// Parts of consecutive nodes with these sizes.
inline Partition runs_of(const std::vector<Index>& sizes) {
  Partition partition{.of = {}, .parts = std::ssize(sizes)};
  for (std::size_t p = 0; p < sizes.size(); ++p)
    partition.of.insert(partition.of.end(), static_cast<std::size_t>(sizes[p]), static_cast<std::int32_t>(p));
  return partition;
}

/// A directed graph: a hub with every third node as source, a hub that is the source of every fourth node, isolated
/// nodes, and nodes with a few sources.
inline Csr hubs_and_scattered(Index n) {
  std::vector<NodePair> edges;
  for_each_edge(scattered(n), [&](Node i, Node j, Edge) { edges.emplace_back(i, j); });
  for (Node j = 0; j < n; j += 3)
    edges.emplace_back(1, j);
  for (Node i = 0; i < n; i += 4)
    edges.emplace_back(i, static_cast<Node>(n - 2));
  return from_edges(n, edges);
}

inline Tensor rows_of(const Tensor& x, Index first, Index last) {
  return Tensor::from(last - first, x.columns(),
                      {x.data() + first * x.columns(), static_cast<std::size_t>((last - first) * x.columns())});
}

struct PartCase {
  Graph graph;
  AnyKernel kernel;
  Normaliser normaliser = Normaliser::softmax;
  Index heads = 2, width = 4, value_width = 8;
  bool biased = false;  // key_bias, edge_bias, edge_weight
  float dropout = 0;
  float magnitude_dropout = 0;  // with a query_bias
  bool one_source = false;      // k is also v; they have one width
  bool few_rows = false;        // dy is 0 except in every third row
};

/// y and the gradients of q, k, v, key_bias, edge_bias, edge_weight, query_bias and kernel_weight; empty when not
/// given.
using PartResults = std::vector<Tensor>;

/// The result on the whole graph.
PartResults on_the_whole(const PartCase& c, Device device);
/// The results of all ranks, rows and edges stacked; the gradient of kernel_weight is summed over ranks.
PartResults on_parts(const PartCase& c, const Partition& partition, Device device, const RankOptions& where = {});

/// Checks that all bits agree with the whole graph, except the gradient of kernel_weight, a sum over parts.
void check_parts(const PartCase& c, const Partition& partition, Device device, const RankOptions& where = {});

}  // namespace mercer::test
