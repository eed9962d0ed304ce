#pragma once

#include <cstdint>
#include <string>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Identifies a data set: its sizes, and a 64-bit hash of the edges, of the feature values and of the
/// labels. Names, splits and notes don't count. The same on every machine, in float and in double builds.
struct Fingerprint {
  Index nodes = 0;
  Edge edges = 0;
  Index features = 0;
  std::uint64_t graph = 0, feature_values = 0, labels = 0;

  bool operator==(const Fingerprint&) const = default;
};

/// Dense and sparse features of the same values hash alike. O(edges + nonzeros).
Fingerprint fingerprint(const Dataset& data);

/// The differences: "edges", "features and labels" …; empty when there are none.
std::string difference(const Fingerprint& a, const Fingerprint& b);

}  // namespace mercer
