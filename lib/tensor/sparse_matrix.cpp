#include "mercer/tensor/sparse_matrix.hpp"

#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

void check_row(Index i, std::span<const Node> columns, Index width) {
  Node last = -1;
  for (const Node c : columns) {
    if (c < 0 || c >= width)
      throw ValueError("[SparseMatrix] row " + std::to_string(i) + " has column " + std::to_string(c) + ", want 0 … " +
                       std::to_string(width - 1));
    if (c <= last)
      throw ValueError("[SparseMatrix] row " + std::to_string(i) + ": column " + std::to_string(c) + " follows " +
                       std::to_string(last) + ", want ascending");
    last = c;
  }
}

/// The nonzeros sorted by columns (counting sort).
struct ByColumns {
  explicit ByColumns(const SparseView& x)
      : offset(static_cast<std::size_t>(x.columns) + 1), row(static_cast<std::size_t>(x.nonzeros)), place(row.size()) {
    for (Edge e = 0; e < x.nonzeros; ++e)
      ++offset[static_cast<std::size_t>(x.column[e]) + 1];
    for (std::size_t c = 1; c < offset.size(); ++c)
      offset[c] += offset[c - 1];
    std::vector<Edge> next(offset.begin(), offset.end() - 1);
    for (Index i = 0; i < x.rows; ++i)
      for (Edge e = x.offset[i]; e < x.offset[i + 1]; ++e) {
        const auto at = static_cast<std::size_t>(next[static_cast<std::size_t>(x.column[e])]++);
        row[at] = static_cast<Node>(i);
        place[at] = e;
      }
  }

  std::vector<Edge> offset;  // [columns + 1]
  std::vector<Node> row;     // [nonzeros]
  std::vector<Edge> place;   // [nonzeros]
};

}  // namespace

/// Of 0 rows. Made by the first matrix, so that moves from later ones can't fail.
const std::shared_ptr<const SparseMatrix::Places>& SparseMatrix::no_places() {
  constexpr Edge offset[] = {0};
  static const auto none = std::make_shared<const Places>(
      Places{.offset = Buffer::of(std::span<const Edge>(offset)), .column = Buffer(0, Device::cpu)});
  return none;
}

SparseMatrix::SparseMatrix() = default;

SparseMatrix::SparseMatrix(SparseMatrix&& other) noexcept
    : rows_(std::exchange(other.rows_, 0)),
      columns_(std::exchange(other.columns_, 0)),
      nonzeros_(std::exchange(other.nonzeros_, 0)),
      first_nonzero_(std::exchange(other.first_nonzero_, 0)),
      places_(std::exchange(other.places_, no_places())),
      value_(std::move(other.value_)) {}

SparseMatrix& SparseMatrix::operator=(SparseMatrix&& other) noexcept {
  if (this == &other) return *this;
  rows_ = std::exchange(other.rows_, 0);
  columns_ = std::exchange(other.columns_, 0);
  nonzeros_ = std::exchange(other.nonzeros_, 0);
  first_nonzero_ = std::exchange(other.first_nonzero_, 0);
  places_ = std::exchange(other.places_, no_places());
  value_ = Buffer(std::move(other.value_));
  return *this;
}

SparseMatrix::SparseMatrix(Index rows, Index columns, const std::vector<Edge>& offset, const std::vector<Node>& column,
                           const std::vector<Real>& value)
    : rows_(rows), columns_(columns), nonzeros_(static_cast<Edge>(column.size())) {
  require(rows >= 0 && columns >= 0 && columns <= std::numeric_limits<Node>::max(), "SparseMatrix",
          "a size of " + std::to_string(rows) + " x " + std::to_string(columns) + " can't be");
  expect("SparseMatrix", {{"offsets", static_cast<Index>(offset.size()), rows + 1}});
  expect("SparseMatrix", {{"first offset", offset.front(), 0},
                          {"last offset", offset.back(), nonzeros_},
                          {"values", static_cast<Index>(value.size()), nonzeros_}});
  const std::span<const Node> all = column;
  for (Index i = 0; i < rows; ++i) {
    const Edge first = offset[static_cast<std::size_t>(i)], last = offset[static_cast<std::size_t>(i) + 1];
    require(first <= last && last <= nonzeros_, "SparseMatrix",
            [&] { return "offsets fall at row " + std::to_string(i); });
    check_row(i, all.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first)), columns);
  }
  places_ = std::make_shared<const Places>(
      Places{.offset = Buffer::of(std::span(offset)), .column = Buffer::of(std::span(column))});
  value_ = Buffer::of(std::span(value));
}

SparseMatrix SparseMatrix::trusted(Index rows, Index columns, Edge nonzeros, Buffer offset, Buffer column,
                                   Buffer value) {
  SparseMatrix x;
  x.rows_ = rows;
  x.columns_ = columns;
  x.nonzeros_ = nonzeros;
  x.places_ = std::make_shared<const Places>(Places{.offset = std::move(offset), .column = std::move(column)});
  x.value_ = std::move(value);
  return x;
}

SparseMatrix SparseMatrix::with_values(Buffer value) const {
  SparseMatrix x = *this;
  x.value_ = std::move(value);
  return x;
}

SparseMatrix SparseMatrix::rows(Index first, Index last) const {
  require(0 <= first && first <= last && last <= rows_, "SparseMatrix",
          "rows " + std::to_string(first) + " to " + std::to_string(last) + ": there are " + std::to_string(rows_));
  if (view().first_of_row != nullptr) {
    std::vector<Node> numbers(static_cast<std::size_t>(last - first));
    std::iota(numbers.begin(), numbers.end(), static_cast<Node>(first));
    return rows(numbers);
  }
  const auto place = [&](Index i) { return static_cast<std::size_t>(offset()[static_cast<std::size_t>(i)]); };
  const std::size_t first_slot = place(first), count = place(last) - first_slot;
  std::vector<Edge> offsets;
  for (Index i = first; i <= last; ++i)
    offsets.push_back(static_cast<Edge>(place(i) - first_slot));
  SparseMatrix x =
      trusted(last - first, columns_, static_cast<Edge>(count), Buffer::of(std::span<const Edge>(offsets)),
              Buffer::of(column().subspan(first_slot, count)), Buffer::of(value().subspan(first_slot, count)));
  x.first_nonzero_ = first_nonzero_ + static_cast<Edge>(first_slot);
  return x;
}

SparseMatrix SparseMatrix::rows(std::span<const Node> numbers) const {
  const SparseView x = view();
  std::vector<Edge> offsets{0}, first_of_row;
  std::vector<Node> columns;
  std::vector<Real> values;
  for (const Node i : numbers) {
    require(0 <= i && i < rows_, "SparseMatrix",
            [&] { return "row " + std::to_string(i) + ": there are " + std::to_string(rows_); });
    const Edge first = x.offset[i], last = x.offset[i + 1];
    columns.insert(columns.end(), x.column + first, x.column + last);
    values.insert(values.end(), x.value + first, x.value + last);
    offsets.push_back(std::ssize(columns));
    first_of_row.push_back(x.number(i, first));
  }
  SparseMatrix y =
      trusted(std::ssize(numbers), columns_, std::ssize(columns), {}, {}, Buffer::of(std::span<const Real>(values)));
  y.places_ = std::make_shared<const Places>(Places{.offset = Buffer::of(std::span<const Edge>(offsets)),
                                                    .column = Buffer::of(std::span<const Node>(columns)),
                                                    .first_of_row = Buffer::of(std::span<const Edge>(first_of_row))});
  return y;
}

SparseMatrix SparseMatrix::to(Device device) const {
  if (numbered(device) == this->device()) return *this;
  if (device.is_cuda() && this->device().is_cuda()) return to(Device::cpu).to(device);
  SparseMatrix x = *this;
  x.value_ = value_.to(device);
  Places places{.offset = places_->offset.to(device),
                .column = places_->column.to(device),
                .first_of_row = places_->first_of_row.to(device)};
  if (device.is_cuda()) {
    const ByColumns by(view());
    places.column_offset = Buffer::of(std::span(by.offset), device);
    places.row = Buffer::of(std::span(by.row), device);
    places.place = Buffer::of(std::span(by.place), device);
  }
  x.places_ = std::make_shared<const Places>(std::move(places));
  return x;
}

SparseView SparseMatrix::view() const& {
  const Places& places = *places_;
  return {.rows = rows_,
          .columns = columns_,
          .offset = static_cast<const Edge*>(places.offset.data()),
          .column = static_cast<const Node*>(places.column.data()),
          .value = static_cast<const Real*>(value_.data()),
          .nonzeros = nonzeros_,
          .device = device(),
          .column_offset = static_cast<const Edge*>(places.column_offset.data()),
          .row = static_cast<const Node*>(places.row.data()),
          .place = static_cast<const Edge*>(places.place.data()),
          .first_nonzero = first_nonzero_,
          .first_of_row = static_cast<const Edge*>(places.first_of_row.data())};
}

SparseMatrix SparseMatrix::from_dense(const Tensor& dense) {
  std::vector<Edge> offset{0};
  std::vector<Node> column;
  std::vector<Real> value;
  offset.reserve(static_cast<std::size_t>(dense.rows()) + 1);
  for (Index i = 0; i < dense.rows(); ++i) {
    for (Index c = 0; c < dense.columns(); ++c) {
      if (dense(i, c) == 0) continue;
      column.push_back(static_cast<Node>(c));
      value.push_back(dense(i, c));
    }
    offset.push_back(static_cast<Edge>(column.size()));
  }
  return {dense.rows(), dense.columns(), offset, column, value};
}

SparseMatrix SparseMatrix::identity(Index n) {
  std::vector<Edge> offset(static_cast<std::size_t>(n) + 1);
  std::vector<Node> column(static_cast<std::size_t>(n));
  std::iota(offset.begin(), offset.end(), Edge{0});
  std::iota(column.begin(), column.end(), Node{0});
  return {n, n, offset, column, std::vector<Real>(column.size(), 1)};
}

Tensor SparseMatrix::to_dense() const {
  Tensor dense(rows_, columns_);
  const SparseView x = view();
  for (Index i = 0; i < rows_; ++i)
    for (Edge e = x.offset[i]; e < x.offset[i + 1]; ++e)
      dense(i, x.column[e]) = x.value[e];
  return dense;
}

}  // namespace mercer
