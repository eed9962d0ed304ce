#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mercer/graph/csr.hpp"
#include "mercer/tensor/sparse_matrix.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer {

/// Node ids in the order of the source. The three are disjoint.
struct Split {
  std::vector<Node> train, validation, test;
};

/// Sparse when the source is sparse or most values are zero.
using Features = std::variant<SparseMatrix, Tensor>;

/// A graph with features and labels of its nodes.
struct Dataset {
  std::string name;    // "cora"
  std::string format;  // "planetoid", "gnn-benchmark", "heterophilous", "linqs", "plain", "torch", "karate" …
  Csr graph;           // square; neighbours ascending, duplicates merged
  std::vector<Real> edge_weights;         // [edges] in the order of the graph's edge slots; empty when there are none
  std::vector<std::int32_t> edge_counts;  // [edges] how often the source has each edge; empty when each stands once
  bool directed = false;             // the source says that its edges mean one way only: symmetrising would spoil them
  bool largest_component = false;    // published results on such sets are for the largest component alone
  Features features;                 // [n, f]
  std::vector<std::int32_t> labels;  // [n], 0 … classes − 1, or −1 for none
  std::vector<std::string> class_names;    // [classes]
  std::vector<Split> splits;               // as given by the source; may be empty
  std::optional<Index> first_index;        // svmlight: what the source calls column 0; its last index is the width
  std::vector<std::string> feature_names;  // [f] when the source names its features, else empty
  std::vector<std::string> node_names;     // [n] when the source names its nodes, else empty
  std::vector<std::string> notes;          // what the reader skipped or mended, a line each

  Index nodes() const { return graph.rows(); }
  Index feature_count() const;
  Index classes() const { return static_cast<Index>(class_names.size()); }
};

}  // namespace mercer
