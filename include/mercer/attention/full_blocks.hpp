#pragma once

#include <span>
#include <vector>

#include "mercer/attention/neighbourhood.hpp"

/// Mini-batches of a graph whose edges have facts: weights, types, features.
namespace mercer {

/// full_blocks of the neighbourhood's graph (graph/block.hpp), with the facts of their edges and the execution. With
/// weights, `degree` has the sums of the whole graph, so that layers compute on the blocks what they do on all of it. A
/// model takes the list. Throws as that function does, and ValueError for a part of a graph, blocks and segments.
std::vector<Neighbourhood> full_blocks(const Neighbourhood& graph, std::span<const Node> targets, Index layers);

/// Σ_j w_ij of each target [n, 1], w the edge weights. Throws ValueError without weights.
Variable weighted_degrees(const Neighbourhood& neighbourhood);

}  // namespace mercer
