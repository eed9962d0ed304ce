#pragma once

#include "mercer/attention/neighbourhood.hpp"

namespace mercer {

/// The facts of edges that a layer takes.
struct TakenFacts {
  bool types = false, weights = false, features = false;
};

/// Throws ValueError "[layer] edge …" when the neighbourhood knows something of its edges that the layer doesn't take.
void refuse_other_facts(const char* layer, const Neighbourhood& neighbourhood, const TakenFacts& taken = {});

/// x_i of the target or the source of each edge, [edges, d]. Throw ValueError on a part of a graph.
Variable of_edge_targets(const char* op, const Neighbourhood& neighbourhood, const Variable& x);
Variable of_edge_sources(const char* op, const Neighbourhood& neighbourhood, const Variable& x);

/// w_ij / √(d_i d_j), d_i = Σ_j w_ij, of the neighbourhood's edge weights w; 0 where a d is 0. [edges, 1]. The
/// symmetric denominator with weights in place of counts, as PyTorch Geometric's gcn_norm. Throws ValueError unless the
/// neighbourhood is a whole square graph with edge weights.
Variable symmetric_weights(const char* op, const Neighbourhood& neighbourhood);

}  // namespace mercer
