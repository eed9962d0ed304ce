#pragma once

#include <memory>
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

/// Owns an adjacency. Immutable: copies share its arrays. Throws ShapeError or ValueError when the offsets decrease or
/// a neighbour is out of range.
class Csr {
 public:
  Csr() = default;
  Csr(const Csr&) = default;
  Csr& operator=(const Csr&) = default;
  /// The other is empty afterwards.
  Csr(Csr&& other) noexcept
      : rows_(std::exchange(other.rows_, 0)),
        columns_(std::exchange(other.columns_, 0)),
        arrays_(std::exchange(other.arrays_, nullptr)) {}
  Csr& operator=(Csr&& other) noexcept {
    if (this == &other) return *this;
    rows_ = std::exchange(other.rows_, 0);
    columns_ = std::exchange(other.columns_, 0);
    arrays_ = std::exchange(other.arrays_, nullptr);
    return *this;
  }
  ~Csr() = default;
  Csr(Index rows, Index columns, std::vector<Edge> offset, std::vector<Node> neighbour);

  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Edge edges() const { return static_cast<Edge>(neighbour().size()); }
  std::span<const Edge> offset() const& {
    return arrays_ ? std::span<const Edge>(arrays_->offset) : std::span<const Edge>(no_edges);
  }
  std::span<const Node> neighbour() const& {
    return arrays_ ? std::span<const Node>(arrays_->neighbour) : std::span<const Node>();
  }
  std::span<const Node> neighbours(Index i) const&;  // of row i
  CsrView view() const& { return {rows_, columns_, offset().data(), neighbour().data()}; }
  // of a temporary they would dangle; so would a CsrView that is made of one and kept, as in CsrView g = symmetrised(x)
  std::span<const Edge> offset() const&& = delete;
  std::span<const Node> neighbour() const&& = delete;
  std::span<const Node> neighbours(Index i) const&& = delete;
  CsrView view() const&& = delete;
  operator CsrView() const { return {rows_, columns_, offset().data(), neighbour().data()}; }  // for arguments

  bool operator==(const Csr& other) const;

 private:
  struct Arrays {
    std::vector<Edge> offset;
    std::vector<Node> neighbour;
  };
  static constexpr Edge no_edges[1] = {0};  // the offsets of no rows

  Index rows_ = 0;
  Index columns_ = 0;
  std::shared_ptr<const Arrays> arrays_;  // null: no rows
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
