#pragma once

#include "mercer/attention/neighbourhood.hpp"
#include "mercer/autograd/variable.hpp"

namespace mercer {

struct EdgeEnergyOptions {
  Index heads = 1;
  Real negative_slope = Real(0.2);
};

/// energy_eh = Σ_c a_hc leaky_relu(q_i,hc + k_j,hc + Σ_r x_er W_r,hc) of every edge e = j → i, [edges, h] in slot
/// order: the score of GATv2 where edges have features x. As an edge_bias of attend with the constant kernel, it is ln
/// κ. q [n, h*d], k [m, h*d], a [1, h*d], features x [edges, f], weight W [f, h*d]. Time O(edges f h d); nothing of
/// size edges × h × d is stored: each pass computes the sums again, edge by edge. Throws ShapeError; ValueError for
/// segments, whose pairs have no features, and for a part of a graph.
Variable edge_energy(const Neighbourhood& neighbourhood, const Variable& q, const Variable& k, const Variable& a,
                     const Variable& features, const Variable& weight, const EdgeEnergyOptions& options = {});

}  // namespace mercer
