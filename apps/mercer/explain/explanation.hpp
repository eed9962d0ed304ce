#pragma once

#include <optional>
#include <vector>

#include "mercer/attention/attend.hpp"

namespace mercer::program {

/// α and what it is made of. The factors are relative to their geometric mean over the row: α = c · similarity ·
/// magnitude with the same c for the whole row.
struct Weight {
  double alpha = 0, similarity = 0, magnitude = 0;
};

/// One whom a node attends to.
struct Neighbour {
  Node node = 0;
  Weight weight{};              // over the heads that were asked for: the mean of α, geometric means of the factors
  std::vector<Weight> heads{};  // of each of them
  std::vector<double> log_magnitude{}, raw_similarity{};  // as Factors has them
};

/// Whom `node` attends to and why, the largest α first.
struct NodeExplanation {
  Node node = 0;
  std::vector<Index> heads{};  // those that were asked for, counted from 0
  bool is_signed = false;
  std::vector<Neighbour> neighbours{};
};

/// Without `head` all heads.
NodeExplanation explain_node(const Graph& graph, const Factors& factors, Node node, std::optional<Index> head);

/// Σ α of those from the `first` on.
double alpha_from(const NodeExplanation& of, std::size_t first);

}  // namespace mercer::program
