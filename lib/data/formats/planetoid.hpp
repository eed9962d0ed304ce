#pragma once

#include <filesystem>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {

/// True for a common prefix "…/ind.NAME" with at least one existing file, and for any of these files.
bool is_planetoid(const std::filesystem::path& path);

/// The data set of the files ind.NAME.{x, y, tx, ty, allx, ally, graph, test.index} (Yang, Cohen, Salakhutdinov:
/// Revisiting Semi-Supervised Learning with Graph Embeddings, ICML 2016; the files of kimiyoung/planetoid, and such as
/// users pickle themselves). Features are a matrix of scipy.sparse or a numpy array; labels have a 1 in the column of
/// the class, or are numbers of classes. Nodes 0 … rows(allx) − 1 take the rows of allx and ally in order, node
/// test.index[r] takes row r of tx and ty; the others have no features and no label. Training nodes are the first
/// rows(y), validation nodes the next 500, test nodes those of test.index in its order. The graph is made simple and
/// undirected. Throws FileError that names the file.
Dataset read_planetoid(const std::filesystem::path& path);

/// A `.graph` file as stored: its keys in order, and all pairs (key, neighbour). Keys are of 0 … nodes − 1, each once
/// at most.
struct StoredAdjacency {
  Index nodes = 0;
  std::vector<Node> keys;
  std::vector<NodePair> entries;
};

/// The nodes are as many as the keys, and at least `least`.
StoredAdjacency read_planetoid_graph(const std::filesystem::path& file, Index least);

}  // namespace mercer
