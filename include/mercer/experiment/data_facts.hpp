#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mercer/data/dataset.hpp"

namespace mercer {

struct Problem;

/// Sizes and properties of the data used for training.
struct DataFacts {
  std::string name{}, format{};
  std::string examples = "nodes";  // what is counted and classified: "nodes" or "sequences"
  Index sequences = 0;             // of a set of sequences, whose nodes are positions
  Index nodes = 0, edges = 0, features = 0, classes = 0, isolated = 0;  // edges: slots after preparation
  double homophily = 0;
  std::vector<std::string> class_names{};
  LabelKind task = LabelKind::classes;
  std::string split{};  // in words
  Index train = 0, validation = 0, test = 0;
  std::vector<Index> class_sizes{};                                // [classes] examples
  Index unlabelled = 0;                                            // examples
  std::vector<std::pair<std::string, std::string>> preparation{};  // what was done to the data, by option
  bool lacks_scaling = false;                                      // of features
  std::vector<std::string> notes{};  // of the reader, the preparation and the split, a line each
};

/// Is the smallest class less than a third of the largest, so that accuracy says little about it?
bool has_unequal_classes(const DataFacts& data);

/// The facts of prepared data, with a note for each class that the split has no training example of.
DataFacts facts_of(const Problem& problem, const Split& split);

}  // namespace mercer
