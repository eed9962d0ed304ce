#pragma once

#include <optional>

#include "mercer/graph/edge_list.hpp"
#include "mercer/tensor/tensor.hpp"

/// Values of edges between the order in which the edges were given and the order of slots, which attention uses.
namespace mercer {

/// Weights or features of the edges as given [edges given, d] → [slots, d]. Those of merged edges are added up.
/// On the CPU. `of_loops` is the value of the loops that with_loops added; without it they have rows too, the last
/// ones. Throws ShapeError.
Tensor to_slots(const GivenEdges& edges, const Tensor& of_edges, std::optional<Real> of_loops = {});

/// α or a gradient [slots, d] → [edges given, d], merged edges alike. On the CPU. Throws ShapeError.
Tensor to_edges(const GivenEdges& edges, const Tensor& of_slots);

}  // namespace mercer
