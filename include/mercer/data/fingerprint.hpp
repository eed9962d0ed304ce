#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Identifies a data set: its sizes, and 64-bit hashes of the edges (with their weights) or items, of the feature
/// values, of the labels, of the names of classes and features, of the splits, and of the names of the nodes. Other
/// names and notes don't count. The same on every machine, in float and in double builds.
struct Fingerprint {
  Index nodes = 0;
  Edge edges = 0;
  Index features = 0;
  std::uint64_t graph = 0, feature_values = 0, labels = 0;
  std::uint64_t names = 0, splits = 0, node_names = 0;  // 0: not known; node_names also where they are numbers
  /// Do equal hashes mean the same nodes? false where many data sets share the values: no features, all of one value,
  /// or an identity matrix; labels that come in runs or in turn. Not kept in files, so false for a fingerprint read
  /// from one; when two are compared, one true suffices.
  bool features_tell = false, labels_tell = false;
  std::optional<bool> directed{};  // does the source say that edges mean one way only? None: not known
};

/// Dense and sparse features of the same values hash alike. O(edges + nonzeros).
Fingerprint fingerprint(const Dataset& data);

/// The differences: "edges", "features and labels" …; empty when there are none. Names of nodes make none.
std::string difference(const Fingerprint& a, const Fingerprint& b);
inline bool operator==(const Fingerprint& a, const Fingerprint& b) { return difference(a, b).empty(); }

/// Is b the data of a, or those with something changed? So when there are as many nodes, and two of edges (of sequences
/// lengths), features, labels and names of nodes are the same, one of which other data could hardly have.
bool same_nodes(const Fingerprint& a, const Fingerprint& b);

}  // namespace mercer
