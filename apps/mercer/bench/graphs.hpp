#pragma once

#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"

namespace mercer::program {

/// A graph to measure on, every node with an edge to itself; with features, and a class of each node, for whole epochs.
struct BenchGraph {
  std::string name;  // as asked for, and the order: "cora-like, metis"
  Dataset data;
};

/// The forms that --graph takes, for the help and for errors.
std::string graph_forms();

/// cora-like, citeseer-like, pubmed-like, arxiv-like: planted citations with the published numbers of nodes and edges;
/// random:NODES,EDGES; star:NODES (one node has an edge to and from each other); power-law:NODES,EDGES (an end of each
/// edge is drawn by rank r in proportion to r^(−0.73): see power_law_graph); communities:NODES,EDGES (community_graph);
/// grid:NODES (a square of about so many nodes). The same text gives the same graph. Throws UsageError.
Dataset made_graph(const std::string& text);
/// Throws what made_graph would throw, and makes nothing.
void check_graph(const std::string& text);

/// The graph of a data set, with a loop at every node. Throws FileError, and UsageError for sequences and for nodes
/// that have no class.
Dataset read_graph(const std::string& name);

/// The order of the nodes in memory: given, shuffled, communities (community_order), or metis (parts of about 512
/// nodes, one after another). Throws UsageError for another, as check_order does.
Dataset ordered(const Dataset& data, const std::string& order);
void check_order(const std::string& order);

}  // namespace mercer::program
