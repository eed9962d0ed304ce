#pragma once

#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// The number of examples in one part of a split: total and of each class.
struct PartSizes {
  Index nodes = 0;              // or sequences
  std::vector<Index> of_class;  // [classes]
};

struct SplitSizes {
  PartSizes train, validation, test;
};

/// The main figures of a data set. "Undirected" counts a pair of nodes once, whatever the direction of its edges.
struct Description {
  std::string name, format;

  // Of a set of sequences; 0 of a graph. What is said of a graph below is then unknown.
  Index sequences = 0;
  Index length_min = 0, length_max = 0;
  double length_mean = 0;

  Index nodes = 0;            // of sequences: positions of all
  Edge edge_slots = 0;        // as stored: (i, j) and (j, i) are two, a loop is one
  Edge undirected_edges = 0;  // without loops
  Edge self_loops = 0;
  bool symmetric = true;
  bool directed = false;     // by the source, so that preparing leaves the edges as they are
  Index isolated_nodes = 0;  // without neighbours other than themselves
  Index components = 0;      // weakly connected
  Index largest_component = 0;

  std::vector<std::string> edge_features;  // [f] names, or numbers where they have none

  Edge degree_min = 0, degree_max = 0;  // undirected, without loops
  double degree_mean = 0;
  double edge_homophily = 0;  // share of the undirected edges that join nodes of one class

  Index features = 0;
  bool sparse = false;
  Edge nonzeros = 0;
  double filled = 0;                      // nonzeros / (nodes × features); 0 without features
  Real feature_min = 0, feature_max = 0;  // over all values, zeros included
  Index nodes_without_features = 0;       // rows of zeros

  LabelKind label_kind = LabelKind::classes;
  std::vector<std::string> class_names;  // or names of labels, of targets
  std::vector<Index> class_sizes;        // [classes] nodes; of targets: with a number
  Index unlabelled = 0;
  std::vector<SplitSizes> splits;
  std::vector<std::string> notes;
};

Description describe(const Dataset& data);

}  // namespace mercer
