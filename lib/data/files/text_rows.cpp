#include "data/files/text_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include "data/files/read_file.hpp"

namespace mercer {
namespace {

/// The order of class names: integers first, ascending; then other names by their bytes.
bool stands_before(std::string_view a, std::string_view b) {
  const auto x = whole_number(a), y = whole_number(b);
  if (x && y) return std::pair(*x, a) < std::pair(*y, b);
  return x || y ? x.has_value() : a < b;
}

}  // namespace

void SparseRows::add(Index column, Real value) {
  if (value == 0) return;
  column_.push_back(static_cast<Node>(column));
  value_.push_back(value);
}

Features SparseRows::take(Index columns, Index first) {
  for (Node& c : column_)
    c -= static_cast<Node>(first);
  const Index rows = this->rows();
  SparseMatrix sparse(rows, columns, std::move(offset_), std::move(column_), std::move(value_));
  *this = {};
  if (4 * sparse.nonzeros() > rows * columns) return sparse.to_dense();
  return sparse;
}

Real feature_value(const TextFile& file, Index line, Index column, std::string_view text) {
  const auto value = real_number(text);
  if (!value || !(std::abs(*value) <= static_cast<double>(std::numeric_limits<Real>::max())))
    file.refuse(line, "column " + std::to_string(column) + ": got " + in_quotes(text) + ", want a finite number");
  return static_cast<Real>(*value);
}

void set_labels(std::span<const std::string_view> names, Dataset& data) {
  std::unordered_map<std::string_view, std::int32_t> number;
  for (const auto name : names)
    if (!name.empty()) number.emplace(name, 0);
  std::vector<std::string_view> ascending;
  for (const auto& [name, _] : number)
    ascending.push_back(name);
  std::ranges::sort(ascending, stands_before);
  for (std::size_t c = 0; c < ascending.size(); ++c)
    number[ascending[c]] = static_cast<std::int32_t>(c);

  data.class_names.assign(ascending.begin(), ascending.end());
  data.labels.clear();
  for (const auto name : names)
    data.labels.push_back(name.empty() ? -1 : number[name]);
}

}  // namespace mercer
