#include "data/tables/edge_ends.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <numeric>

#include "mercer/base/parallel.hpp"

namespace mercer {
namespace {

IdExtent extent_of_piece(const std::vector<EdgeEnds>& ends) {
  IdExtent extent;
  for (const EdgeEnds& e : ends) {
    extent.least = std::min({extent.least, e.source, e.target});
    extent.most = std::max({extent.most, e.source, e.target});
  }
  return extent;
}

/// A bit for each number, which threads set at once.
class Occurring {
 public:
  explicit Occurring(std::int64_t most) : words_(static_cast<std::size_t>(most) / 64 + 1) {}
  void add(std::int64_t id) {
    std::atomic<std::uint64_t>& word = words_[static_cast<std::size_t>(id) / 64];
    const std::uint64_t bit = std::uint64_t{1} << (id % 64);
    if ((word.load(std::memory_order_relaxed) & bit) == 0) word.fetch_or(bit, std::memory_order_relaxed);
  }
  std::int64_t count() const {
    std::int64_t count = 0;
    for (const auto& word : words_)
      count += std::popcount(word.load(std::memory_order_relaxed));
    return count;
  }

 private:
  std::vector<std::atomic<std::uint64_t>> words_;
};

/// The ids that occur, ascending.
std::vector<std::int64_t> sorted_ids(const EndPieces& pieces) {
  std::vector<std::int64_t> ids;
  ids.reserve(static_cast<std::size_t>(2 * edges_in(pieces)));
  for (const auto& ends : pieces)
    for (const EdgeEnds& e : ends)
      ids.insert(ids.end(), {e.source, e.target});
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

Edge edges_in(const EndPieces& pieces) {
  return std::accumulate(pieces.begin(), pieces.end(), Edge{0},
                         [](Edge sum, const auto& piece) { return sum + std::ssize(piece); });
}

IdExtent extent_of(const EndPieces& pieces) {
  std::vector<IdExtent> own(pieces.size());
  parallel_blocks(std::ssize(pieces), [&](Index p) {
    own[static_cast<std::size_t>(p)] = extent_of_piece(pieces[static_cast<std::size_t>(p)]);
  });
  IdExtent all;
  for (const IdExtent& piece : own)
    all = {std::min(all.least, piece.least), std::max(all.most, piece.most)};
  return all;
}

std::int64_t ids_in(const EndPieces& pieces) { return std::ssize(sorted_ids(pieces)); }

std::vector<std::int64_t> compressed(EndPieces& pieces) {
  std::vector<std::int64_t> ids = sorted_ids(pieces);
  parallel_blocks(std::ssize(pieces), [&](Index p) {
    for (EdgeEnds& e : pieces[static_cast<std::size_t>(p)]) {
      e.source = std::ranges::lower_bound(ids, e.source) - ids.begin();
      e.target = std::ranges::lower_bound(ids, e.target) - ids.begin();
    }
  });
  return ids;
}

bool mostly_gaps(const EndPieces& pieces, std::int64_t most) {
  if (most < 0) return false;
  if (most > 4 * edges_in(pieces)) return true;  // two an edge at most
  Occurring occurring(most);
  parallel_blocks(std::ssize(pieces), [&](Index p) {
    for (const EdgeEnds& e : pieces[static_cast<std::size_t>(p)]) {
      occurring.add(e.source);
      occurring.add(e.target);
    }
  });
  return 2 * occurring.count() < most;
}

std::optional<std::int64_t> id_of_both_ends(const EndPieces& pieces) {
  std::vector<std::int64_t> sources, targets;
  for (const auto& ends : pieces)
    for (const EdgeEnds& e : ends) {
      sources.push_back(e.source);
      targets.push_back(e.target);
    }
  std::ranges::sort(sources);
  std::ranges::sort(targets);
  for (auto source = sources.begin(), target = targets.begin(); source != sources.end() && target != targets.end();) {
    if (*source == *target) return *source;
    ++(*source < *target ? source : target);
  }
  return std::nullopt;
}

std::vector<NodePair> pairs_of(EndPieces pieces, std::int64_t first) {
  std::vector<std::size_t> begin;
  std::size_t edges = 0;
  for (const auto& ends : pieces) {
    begin.push_back(edges);
    edges += ends.size();
  }
  std::vector<NodePair> pairs(edges);
  parallel_blocks(std::ssize(pieces), [&](Index b) {
    const auto p = static_cast<std::size_t>(b);
    std::ranges::transform(pieces[p], pairs.begin() + static_cast<std::ptrdiff_t>(begin[p]), [&](const EdgeEnds& e) {
      return NodePair(static_cast<Node>(e.target - first), static_cast<Node>(e.source - first));
    });
    pieces[p] = {};
  });
  return pairs;
}

}  // namespace mercer
