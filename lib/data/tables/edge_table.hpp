#pragma once

#include <filesystem>
#include <memory>

#include "data/tables/edge_ends.hpp"
#include "data/tables/node_ids.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

class EdgeReader;

/// A table of edges, `SOURCE TARGET [WEIGHT …]`. A header names the columns (role_in_edges); without one, a third and
/// last column of numbers is the weight. Further columns become edge_features (EdgeFeatureColumns). Numbers from 1 to
/// n, without 0, count from 1, with a note. A comment with the word directed says that edges mean one way only.
class EdgeTable {
 public:
  /// Reads the table where nodes are numbers; names, which decide nothing, are read by set. Throws FileError with the
  /// line. `counted`: another table of the folder has pandas' header 0,1,2,…; then a first line 0,1 is one, too.
  EdgeTable(const std::filesystem::path& file, const NodeIds& ids, bool counted);
  ~EdgeTable();

  /// Are the nodes' numbers 1 … n? Then other files name them so, too.
  bool counts_from_one() const { return from_one_; }

  /// Sets graph, facts of the edges and directed, and adds notes. Throws FileError at a node that there is not.
  void set(Dataset& data);

 private:
  void read_names();

  std::filesystem::path file_;
  const NodeIds& ids_;
  bool is_named_, ids_decide_;          // when the table was opened
  bool counted_;                        // see above
  std::unique_ptr<EdgeReader> reader_;  // null of an empty file
  IdExtent extent_{};                   // of numbers
  bool from_one_ = false;
};

/// The same for a graph alone: nodes are 0 … the largest number; or the ids that occur, by number or in their order,
/// with their names, when they are words or most numbers are missing.
void read_bare_edges(const std::filesystem::path& file, Dataset& data);

}  // namespace mercer
