#include <numeric>
#include <utility>
#include <vector>

#include "backend/cuda/runtime/launch.cuh"
#include "backend/cuda/runtime/memory.hpp"
#include "backend/dense_ops.hpp"
#include "mercer/base/annotate.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cuda {
namespace {

constexpr Index most_terms = 256;  // terms that one thread adds; longer lists are added in pieces, then the pieces

/// Lists of rows to be added: list s is row[offset[s]] … row[offset[s + 1] − 1], in host memory.
struct RowLists {
  std::vector<Index> offset;
  std::vector<Node> row;  // empty when list s is the rows offset[s] … offset[s + 1] − 1
};

/// For each row of the result, the rows that are added to it, in order.
RowLists lists_by_target(const Node* target, Index count, Index targets) {
  RowLists lists{std::vector<Index>(static_cast<std::size_t>(targets) + 1),
                 std::vector<Node>(static_cast<std::size_t>(count))};
  for (Index i = 0; i < count; ++i)
    ++lists.offset[static_cast<std::size_t>(target[i]) + 1];
  std::partial_sum(lists.offset.begin(), lists.offset.end(), lists.offset.begin());
  std::vector<Index> next(lists.offset.begin(), lists.offset.end());
  for (Index i = 0; i < count; ++i)
    lists.row[static_cast<std::size_t>(next[static_cast<std::size_t>(target[i])]++)] = static_cast<Node>(i);
  return lists;
}

/// Cuts each list into pieces; returns the pieces of each list.
std::vector<Index> cut(std::vector<Index>& offset) {
  std::vector<Index> pieces{0}, begin;
  for (std::size_t s = 0; s + 1 < offset.size(); ++s) {
    for (Index at = offset[s]; at < offset[s + 1]; at += most_terms)
      begin.push_back(at);
    pieces.push_back(static_cast<Index>(begin.size()));
  }
  begin.push_back(offset.back());
  offset = std::move(begin);
  return pieces;
}

Index longest(const std::vector<Index>& offset) {
  Index most = 0;
  for (std::size_t s = 0; s + 1 < offset.size(); ++s)
    most = std::max(most, offset[s + 1] - offset[s]);
  return most;
}

/// y_s = Σ over list s of x's rows.
void add_lists(ConstView x, const RowLists& lists, View y) {
  const Buffer offsets = on_device(lists.offset.data(), lists.offset.size());
  const Buffer rows = on_device(lists.row.data(), lists.row.size());
  const auto* offset = static_cast<const Index*>(offsets.data());
  const auto* row = static_cast<const Node*>(rows.data());
  for_each_entry("scatter_rows", y.rows, y.columns, [=] MERCER_HD(Index s, Index c) {
    Real total = 0;
    for (Index n = offset[s]; n < offset[s + 1]; ++n)
      total += x(row == nullptr ? n : row[n], c);
    y(s, c) = total;
  });
}

}  // namespace

void scatter_rows(ConstView dy, const Node* row, View dx) {
  RowLists lists = lists_by_target(row, dy.rows, dx.rows);
  Tensor partial;
  while (longest(lists.offset) > most_terms) {
    std::vector<Index> pieces = cut(lists.offset);
    Tensor sums = Tensor::uninitialized(static_cast<Index>(lists.offset.size()) - 1, dx.columns, Device::cuda);
    add_lists(dy, lists, sums);
    partial = std::move(sums);
    dy = std::as_const(partial).view();
    lists = {std::move(pieces), {}};
  }
  add_lists(dy, lists, dx);
}

}  // namespace mercer::cuda
