#pragma once

#include <vector>

#include "mercer/base/random.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/tensor/tensor.hpp"

/// Small named graphs, and random ones.
namespace mercer::test {

inline Csr no_edges(Index n) { return from_edges(n, {}); }

inline Csr star(Index n) {  // node 0 attends to all, the others to none
  std::vector<NodePair> edges;
  for (Node j = 0; j < n; ++j)
    edges.emplace_back(0, j);
  return from_edges(n, edges);
}

inline Csr cycle(Index n) {
  std::vector<NodePair> edges;
  for (Node i = 0; i < n; ++i) {
    edges.emplace_back(i, static_cast<Node>((i + 1) % n));
    edges.emplace_back(i, i);
  }
  return from_edges(n, edges);
}

/// Every third node is isolated; the others attend to a few at random.
inline Csr scattered(Index n, std::uint64_t seed = 1) {
  Random random(seed);
  std::vector<NodePair> edges;
  for (Node i = 0; i < n; ++i)
    if (i % 3 != 2)
      for (int e = 0; e < 4; ++e)
        edges.emplace_back(i, static_cast<Node>(random.below(static_cast<std::uint32_t>(n))));
  return from_edges(n, edges);
}

inline Tensor noise(Index rows, Index columns, std::uint64_t seed, double scale = 1) {
  Random random(seed, 99);
  Tensor x(rows, columns);
  for (Real& value : x.values())
    value = static_cast<Real>(scale * random.normal());
  return x;
}

}  // namespace mercer::test
