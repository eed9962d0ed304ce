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

/// The weights of a row's edges in one head, in slot order.
std::vector<Weight> weights_of_row(const Factors& factors, EdgeRange row, Index head);

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

/// Σ α of the neighbours from number `first` on.
double alpha_from(const NodeExplanation& of, std::size_t first);

}  // namespace mercer::program
