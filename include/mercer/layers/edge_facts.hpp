#pragma once

#include "mercer/attention/neighbourhood.hpp"

namespace mercer {

/// The edge facts that a layer takes.
struct TakenFacts {
  bool types = false, weights = false, features = false;
};

/// Throws ValueError "[layer] edge …" when the neighbourhood has edge facts that the layer does not take.
void refuse_other_facts(const char* layer, const Neighbourhood& neighbourhood, const TakenFacts& taken = {});

/// Throws ValueError "[layer] edge_features: …" for a number of features below 0.
void expect_edge_features(const char* layer, Index count);
/// The features of the neighbourhood's edges, [edges, count]. Throws ValueError where it has none, ShapeError.
const Variable& edge_features_of(const char* layer, const Neighbourhood& neighbourhood, Index count);

/// x_i of the target or the source of each edge, [edges, d]. Throw ValueError on a part of a graph.
Variable of_edge_targets(const char* op, const Neighbourhood& neighbourhood, const Variable& x);
Variable of_edge_sources(const char* op, const Neighbourhood& neighbourhood, const Variable& x);

/// w_ij / √(d_i d_j), d_i = Σ_j w_ij, of the neighbourhood's edge weights w, [edges, 1]; 0 where a d is 0. This is the
/// symmetric denominator with weights instead of counts, as PyTorch Geometric's gcn_norm. Throws ValueError unless the
/// neighbourhood is a whole square graph with edge weights, or a block of one with its degrees.
Variable symmetric_weights(const char* op, const Neighbourhood& neighbourhood);

}  // namespace mercer
