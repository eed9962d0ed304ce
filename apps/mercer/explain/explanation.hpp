#pragma once

#include <optional>
#include <vector>

#include "mercer/attention/attend.hpp"

namespace mercer::program {

/// α and its factors. The factors are relative to their geometric mean over the row: α = c · similarity · magnitude
/// with one c for the whole row.
struct Weight {
  double alpha = 0, similarity = 0, magnitude = 0;
};

/// Logarithms of the factors, averaged over a row in one head.
struct RowMeans {
  double log_similarity = 0, log_magnitude = 0;
};
RowMeans means_of_row(const Factors& factors, EdgeRange row, Index head);

/// The weight of an edge in one head; `means` are those of its row.
Weight weight_of_edge(const Factors& factors, const RowMeans& means, Edge e, Index head);

/// One neighbour of a node.
struct Neighbour {
  Node node = 0;
  Weight weight{};              // over the chosen heads: the mean of α, geometric means of the factors
  std::vector<Weight> heads{};  // of each chosen head
  std::vector<double> log_magnitude{}, raw_similarity{};  // as in Factors
};

/// The neighbours of `node` with their weights, the largest α first.
struct NodeExplanation {
  Node node = 0;
  std::vector<Index> heads{};  // the chosen heads, counted from 0
  bool is_signed = false;
  std::vector<Neighbour> neighbours{};
};

/// Without `head` all heads.
NodeExplanation explain_node(const Graph& graph, const Factors& factors, Node node, std::optional<Index> head);

/// Would at most near_uniform_distance of the attention have to move for equal weights? False for fewer than two.
bool is_near_uniform(const NodeExplanation& explanation);

/// Σ α of the neighbours from number `first` on.
double alpha_from(const NodeExplanation& explanation, std::size_t first);

}  // namespace mercer::program
