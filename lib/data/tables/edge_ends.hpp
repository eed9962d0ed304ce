#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "mercer/graph/build.hpp"

namespace mercer {

/// An edge as a file numbers its nodes.
struct EdgeEnds {
  std::int64_t source, target;
};

/// Edges in the order of the file, piece by piece as threads read them.
using EndPieces = std::vector<std::vector<EdgeEnds>>;

Edge edges_in(const EndPieces& pieces);

struct IdExtent {
  std::int64_t least = std::numeric_limits<std::int64_t>::max(), most = -1;
};
IdExtent extent_of(const EndPieces& pieces);

/// Numbers the ids that occur, in ascending order.
std::vector<std::int64_t> compressed(EndPieces& pieces);

/// How many ids occur.
std::int64_t ids_in(const EndPieces& pieces);

/// Do fewer than half of the numbers up to the largest occur?
bool mostly_gaps(const EndPieces& pieces, std::int64_t most);

/// The least id that is a source in one row and a target in another, or in the same one.
std::optional<std::int64_t> id_of_both_ends(const EndPieces& pieces);

/// The (target, source) pairs, with nodes counted from `first`. Takes the pieces.
std::vector<NodePair> pairs_of(EndPieces pieces, std::int64_t first);

}  // namespace mercer
