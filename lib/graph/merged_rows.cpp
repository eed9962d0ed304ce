#include "graph/merged_rows.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <utility>

#include "graph/rows.hpp"
#include "graph/sort_by_key.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

void check_pairs(Index rows, Index columns, std::span<const NodePair> edges) {
  parallel_ranges(std::ssize(edges), Index{1} << 18, [&](Index first, Index last) {
    for (const auto& [i, j] : edges.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first)))
      if (i < 0 || j < 0 || i >= rows || j >= columns)
        throw ValueError("[from_edges] edge (" + std::to_string(i) + ", " + std::to_string(j) + ") leaves 0 … " +
                         std::to_string(std::min(rows, columns) - 1));
  });
}

/// Sorts each row; the numbers of different neighbours.
std::vector<Edge> sort_rows(const std::vector<Edge>& offset, std::vector<Node>& neighbour) {
  std::vector<Edge> kept(offset.size(), 0);
  parallel_ranges(std::ssize(offset) - 1, rows_at_once, [&](Index from, Index end) {
    for (auto i = static_cast<std::size_t>(from); i < static_cast<std::size_t>(end); ++i) {
      const auto first = neighbour.begin() + offset[i], last = neighbour.begin() + offset[i + 1];
      if (!std::is_sorted(first, last)) std::sort(first, last);
      Edge repeats = 0;
      for (auto next = first; next != last && next + 1 != last; ++next)
        repeats += *next == *(next + 1) ? 1 : 0;
      kept[i + 1] = last - first - repeats;
    }
  });
  return kept;
}

/// Merges equal neighbours of sorted rows, in place.
void merge_repeats(std::vector<Edge>& offset, std::vector<Node>& neighbour, std::vector<std::int32_t>* counts) {
  Edge kept = 0;
  for (std::size_t i = 0; i + 1 < offset.size(); ++i) {
    const auto first = neighbour.begin() + offset[i], last = neighbour.begin() + offset[i + 1];
    offset[i] = kept;
    for (auto next = first; next != last; ++next) {
      const bool repeats = next != first && *next == *(next - 1);
      if (!repeats) neighbour[static_cast<std::size_t>(kept++)] = *next;
      if (counts != nullptr && repeats) ++counts->back();
      if (counts != nullptr && !repeats) counts->push_back(1);
    }
  }
  offset.back() = kept;
  neighbour.resize(static_cast<std::size_t>(kept));
}

/// Of rows whose neighbours are in range.
Csr merged(Index rows, Index columns, std::vector<Edge> offset, std::vector<Node> neighbour,
           std::vector<std::int32_t>* counts) {
  std::vector<Edge> kept = sort_rows(offset, neighbour);
  if (add_up(kept) < offset.back())
    merge_repeats(offset, neighbour, counts);
  else if (counts != nullptr)
    counts->assign(neighbour.size(), 1);
  return {rows, columns, std::move(offset), std::move(neighbour)};
}

}  // namespace

Csr merged_rows(Index rows, Index columns, std::span<const NodePair> edges, std::vector<std::int32_t>* counts) {
  check_pairs(rows, columns, edges);
  SortedByKey sorted = sort_by_key(rows, std::ssize(edges), false, [&](Edge first, Edge last, const auto& visit) {
    for (auto e = static_cast<std::size_t>(first); e < static_cast<std::size_t>(last); ++e)
      visit(edges[e].first, edges[e].second);
  });
  return merged(rows, columns, std::move(sorted.offset), std::move(sorted.value), counts);
}

Csr merged_rows(Index rows, Index columns, std::vector<Edge> offset, std::vector<Node> neighbour,
                std::vector<std::int32_t>* counts) {
  return merged(rows, columns, std::move(offset), std::move(neighbour), counts);
}

bool rows_ascend(CsrView g) {
  std::atomic<bool> ascend{true};
  parallel_ranges(g.rows, rows_at_once, [&](Index first, Index last) {
    for (Index i = first; i < last && ascend.load(std::memory_order_relaxed); ++i) {
      const Node *const begin = g.neighbour + g.offset[i], *const end = g.neighbour + g.offset[i + 1];
      if (std::adjacent_find(begin, end, std::greater_equal<>()) != end) ascend = false;
    }
  });
  return ascend;
}

AscendingRows::AscendingRows(CsrView g) : view_(g) {
  if (rows_ascend(g)) return;
  merged_ = merged_rows(g.rows, g.columns, {g.offset, g.offset + g.rows + 1}, {g.neighbour, g.neighbour + g.edges()});
  view_ = merged_.view();
}

Csr copy_of(CsrView g) {
  return {g.rows, g.columns, {g.offset, g.offset + g.rows + 1}, {g.neighbour, g.neighbour + g.edges()}};
}

}  // namespace mercer
