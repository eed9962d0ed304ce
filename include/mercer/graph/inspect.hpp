#pragma once

#include <span>
#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

std::vector<Edge> degrees(CsrView g);  // [rows], |N(i)|
Index isolated_nodes(CsrView g);       // number of rows without neighbours other than themselves
bool is_symmetric(CsrView g);

/// Connected components of a symmetric graph: component of each node, numbered in order of first appearance.
struct Components {
  std::vector<Node> of;  // [nodes]
  Index count = 0;
};
Components components(CsrView g);

/// The nodes of the largest component, ascending; the first such component when several tie.
std::vector<Node> largest_component(CsrView g);

/// Share of edges, without loops, that join nodes of one class; edges with an unlabelled end (−1) don't count.
/// Zhu et al., Beyond Homophily in Graph Neural Networks, NeurIPS 2020, definition 1. 0 without edges.
double edge_homophily(CsrView g, std::span<const std::int32_t> labels);

}  // namespace mercer
