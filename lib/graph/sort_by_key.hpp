#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "mercer/base/parallel.hpp"
#include "mercer/graph/csr.hpp"

namespace mercer {

/// Items in the order of their keys, those of one key in the order in which they came.
struct SortedByKey {
  std::vector<Edge> offset;  // [keys + 1]
  std::vector<Node> value;   // [items]
  std::vector<Edge> item;    // [items] the number of each, when it was asked for
};

namespace detail {

/// Keys are cut into buckets of a power of two, few enough that each has a place to write to in the cache.
class Buckets {
 public:
  explicit Buckets(Index keys)
      : keys_(keys),
        shift_(std::max(least_bits, static_cast<int>(std::bit_width(
                                        static_cast<std::uint64_t>(std::max<Index>(keys - 1, 0) / most))))) {}
  Index count() const { return keys_ == 0 ? 0 : ((keys_ - 1) >> shift_) + 1; }
  std::size_t of(Node key) const { return static_cast<std::size_t>(key) >> shift_; }
  Index first_key(Index b) const { return std::min(keys_, b << shift_); }

 private:
  static constexpr Index most = 256;
  static constexpr int least_bits = 12;  // counters of so many keys fit the first cache
  Index keys_;
  int shift_;
};

/// The items of one bucket, in the order in which they came.
class Bucket {
 public:
  void take(const std::vector<Node>& keys, const SortedByKey& from, Edge first, Edge last) {
    first_ = first;
    key_.assign(keys.begin() + first, keys.begin() + last);
    value_.assign(from.value.begin() + first, from.value.begin() + last);
    if (!from.item.empty()) item_.assign(from.item.begin() + first, from.item.begin() + last);
  }

  void sort(Index first_key, Index last_key, SortedByKey& sorted) {
    next_.assign(static_cast<std::size_t>(last_key - first_key), 0);
    for (const Node k : key_)
      ++next_[static_cast<std::size_t>(k - first_key)];
    Edge place = first_;
    for (Index k = first_key; k < last_key; ++k) {
      place += std::exchange(next_[static_cast<std::size_t>(k - first_key)], place);
      sorted.offset[static_cast<std::size_t>(k) + 1] = place;
    }
    for (std::size_t n = 0; n < key_.size(); ++n) {
      const auto to = static_cast<std::size_t>(next_[static_cast<std::size_t>(key_[n] - first_key)]++);
      sorted.value[to] = value_[n];
      if (!sorted.item.empty()) sorted.item[to] = item_[n];
    }
  }

 private:
  Edge first_ = 0;
  std::vector<Node> key_, value_;
  std::vector<Edge> item_, next_;
};

}  // namespace detail

/// Sorts by counting, in linear time on all threads, with the same result on any number of them: items go to the
/// buckets of their keys, chunk by chunk, then each bucket is sorted for itself. `for_each(first, last, visit)` calls
/// visit(key, value) for the items first … last − 1; keys are in 0 … keys − 1.
template <class ForEach>
SortedByKey sort_by_key(Index keys, Edge items, bool with_items, const ForEach& for_each) {
  constexpr Edge chunk = Edge{1} << 18;
  const detail::Buckets buckets(keys);
  const auto width = static_cast<std::size_t>(buckets.count());
  const auto chunks = static_cast<std::size_t>((items + chunk - 1) / chunk);
  SortedByKey sorted{std::vector<Edge>(static_cast<std::size_t>(keys) + 1, 0),
                     std::vector<Node>(static_cast<std::size_t>(items)),
                     std::vector<Edge>(with_items ? static_cast<std::size_t>(items) : 0)};
  std::vector<Node> key(static_cast<std::size_t>(items));
  // pass 1: the number of items of each chunk in each bucket, then their places: bucket by bucket, chunk by chunk
  std::vector<Edge> place(chunks * width, 0), begin(width + 1, 0);
  parallel_ranges(items, chunk, [&](Edge first, Edge last) {
    Edge* const count = place.data() + static_cast<std::size_t>(first / chunk) * width;
    for_each(first, last, [&](Node k, Node) { ++count[buckets.of(k)]; });
  });
  Edge total = 0;
  for (std::size_t b = 0; b < width; ++b) {
    begin[b] = total;
    for (std::size_t c = 0; c < chunks; ++c) {
      const Edge count = place[c * width + b];
      place[c * width + b] = total;
      total += count;
    }
  }
  begin[width] = total;
  // pass 2: items to their buckets
  parallel_ranges(items, chunk, [&](Edge first, Edge last) {
    Edge* const next = place.data() + static_cast<std::size_t>(first / chunk) * width;
    Edge e = first;
    for_each(first, last, [&](Node k, Node value) {
      const auto to = static_cast<std::size_t>(next[buckets.of(k)]++);
      key[to] = k;
      sorted.value[to] = value;
      if (with_items) sorted.item[to] = e;
      ++e;
    });
  });
  // pass 3: each bucket by counting
  constexpr Index together = 16;  // share the memory of one Bucket
  parallel_ranges(buckets.count(), together, [&](Index from, Index end) {
    detail::Bucket own;
    for (Index b = from; b < end; ++b) {
      const auto n = static_cast<std::size_t>(b);
      own.take(key, sorted, begin[n], begin[n + 1]);
      own.sort(buckets.first_key(b), buckets.first_key(b + 1), sorted);
    }
  });
  return sorted;
}

/// The reversed edges of g, rows ascending where those of g do. Items are slots of g.
inline SortedByKey reversed_edges(CsrView g, bool with_slots) {
  return sort_by_key(g.columns, g.edges(), with_slots, [g](Edge first, Edge last, const auto& visit) {
    Index i = std::upper_bound(g.offset, g.offset + g.rows + 1, first) - g.offset - 1;
    for (Edge e = first; e < last; ++i)
      for (const Edge end = std::min(last, g.offset[i + 1]); e < end; ++e)
        visit(g.neighbour[e], static_cast<Node>(i));
  });
}

}  // namespace mercer
