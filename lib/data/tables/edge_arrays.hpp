#pragma once

#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"
#include "mercer/graph/build.hpp"

/// Edges and their facts from arrays.
namespace mercer {

/// The (target, source) pairs of an edge_index [2, edges] of PyTorch Geometric: row 0 holds the sources. Throws
/// FileError on another shape and on a node out of range.
std::vector<NodePair> pairs_of(const NpyArray& edge_index, Index nodes);

/// Reads the features of the edges, and their names from edge_feature_names, for set_graph, if the archive has some.
void read_edge_features(const Npz& archive, Edge edges, Dataset& data);
/// Their weights, [edges]; none when all are 1 and none is a sum. Throws FileError on another shape and on what is not
/// finite.
std::vector<Real> read_edge_weights(const Npz& archive, Edge edges, Dataset& data);

/// Weights of edges from an array [edges]. Throws FileError.
std::vector<Real> edge_weights_of(const NpyArray& array, Edge edges, Dataset& data);

/// Features of edges from an array [edges, f], or [edges] for one. Throws FileError.
Tensor edge_feature_rows(const NpyArray& array, Edge edges, Dataset& data);
/// Sets those rows of edge_features for set_graph.
void set_edge_features(const NpyArray& array, Edge edges, Dataset& data);

}  // namespace mercer
