#pragma once

#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/graph/build.hpp"

/// A graph of edges as they are listed.
namespace mercer {

/// The graph of (target, source) pairs and their weights (none, or one each); weights of repeated edges are added. The
/// rows of edge_features are those of the pairs; they follow them into the graph, repeated ones averaged, and are
/// kept one by one in repeated_features. Repeated edges are noted, and counted in edge_counts; the pairs become the
/// edge_list.
void set_graph(Index nodes, std::vector<NodePair> edges, const std::vector<Real>& weight, Dataset& data);

/// The same where weights of 1 alone are none unless edges repeat; the note says that there are weights.
void set_listed_graph(Index nodes, std::vector<NodePair> edges, const std::vector<Real>& weight,
                      const std::string& note, Dataset& data);

}  // namespace mercer
