#pragma once

#include <span>
#include <utility>
#include <vector>

#include "mercer/base/annotate.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// The edge slots of one row, for `for (Edge e : g.row(i))`.
struct EdgeRange {
  struct Iterator {
    Edge e;
    MERCER_HD constexpr Edge operator*() const { return e; }
    MERCER_HD constexpr Iterator& operator++() {
      ++e;
      return *this;
    }
    MERCER_HD constexpr bool operator!=(const Iterator& other) const { return e != other.e; }
  };
  Edge first, last;
  MERCER_HD constexpr Iterator begin() const { return {first}; }
  MERCER_HD constexpr Iterator end() const { return {last}; }
  MERCER_HD constexpr Edge size() const { return last - first; }
};

/// A view of an adjacency: row i lists the sources j of target i, N(i). Owns nothing.
/// n targets, m sources; square is the common case.
struct CsrView {
  Index rows = 0;
  Index columns = 0;
  const Edge* offset = nullptr;     // [rows + 1]
  const Node* neighbour = nullptr;  // [edges], ascending within a row

  Edge edges() const { return rows == 0 ? 0 : offset[rows]; }
  MERCER_HD constexpr EdgeRange row(Index i) const { return {offset[i], offset[i + 1]}; }
  MERCER_HD constexpr Edge degree(Index i) const { return offset[i + 1] - offset[i]; }
};

/// Owns an adjacency. Throws ShapeError or ValueError when the offsets decrease or a neighbour is out of range.
class Csr {
 public:
  Csr() = default;
  Csr(const Csr&) = default;
  Csr& operator=(const Csr&) = default;
  /// The other is empty afterwards.
  Csr(Csr&& other) noexcept
      : rows_(std::exchange(other.rows_, 0)),
        columns_(std::exchange(other.columns_, 0)),
        offset_(std::move(other.offset_)),
        neighbour_(std::move(other.neighbour_)) {}
  Csr& operator=(Csr&& other) noexcept {
    if (this == &other) return *this;
    rows_ = std::exchange(other.rows_, 0);
    columns_ = std::exchange(other.columns_, 0);
    offset_ = std::move(other.offset_);
    neighbour_ = std::move(other.neighbour_);
    return *this;
  }
  ~Csr() = default;
  Csr(Index rows, Index columns, std::vector<Edge> offset, std::vector<Node> neighbour);

  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Edge edges() const { return static_cast<Edge>(neighbour_.size()); }
  std::span<const Edge> offset() const& { return offset_; }
  std::span<const Node> neighbour() const& { return neighbour_; }
  std::span<const Node> neighbours(Index i) const&;  // of row i
  CsrView view() const& { return {rows_, columns_, offset_.data(), neighbour_.data()}; }
  // of a temporary they would dangle
  std::span<const Edge> offset() const&& = delete;
  std::span<const Node> neighbour() const&& = delete;
  std::span<const Node> neighbours(Index i) const&& = delete;
  CsrView view() const&& = delete;
  operator CsrView() const { return {rows_, columns_, offset_.data(), neighbour_.data()}; }  // for arguments

  bool operator==(const Csr&) const = default;

 private:
  Index rows_ = 0;
  Index columns_ = 0;
  std::vector<Edge> offset_{0};
  std::vector<Node> neighbour_;
};

/// A view of rows with listed columns, or with a range of columns each; ranges need no memory for edges. Owns nothing.
struct EdgeRows {
  Index rows = 0;
  Index columns = 0;
  const Edge* offset = nullptr;     // [rows + 1]
  const Node* neighbour = nullptr;  // [edges]; null: the columns of each row are a range
  const Node* run = nullptr;        // [rows]  the first column of each range

  EdgeRows() = default;
  EdgeRows(CsrView g) : rows(g.rows), columns(g.columns), offset(g.offset), neighbour(g.neighbour) {}
  EdgeRows(Index row_count, Index column_count, const Edge* offsets, const Node* runs)
      : rows(row_count), columns(column_count), offset(offsets), run(runs) {}

  Edge edges() const { return rows == 0 ? 0 : offset[rows]; }
  MERCER_HD constexpr EdgeRange row(Index i) const { return {offset[i], offset[i + 1]}; }
  MERCER_HD constexpr Edge degree(Index i) const { return offset[i + 1] - offset[i]; }
  /// The column of edge slot e of row i.
  MERCER_HD constexpr Node column(Index i, Edge e) const {
    return neighbour != nullptr ? neighbour[e] : static_cast<Node>(run[i] + (e - offset[i]));
  }
};

/// Calls visit(i, j, e) for every edge, row by row: i is the target, j the source, e the edge slot.
template <class Visit>
void for_each_edge(CsrView g, Visit&& visit) {
  for (Index i = 0; i < g.rows; ++i)
    for (const Edge e : g.row(i))
      visit(static_cast<Node>(i), g.neighbour[e], e);
}
template <class Visit>
void for_each_edge(const EdgeRows& g, Visit&& visit) {
  for (Index i = 0; i < g.rows; ++i)
    for (const Edge e : g.row(i))
      visit(static_cast<Node>(i), g.column(i, e), e);
}

}  // namespace mercer
