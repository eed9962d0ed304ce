#include "data/assemble.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <utility>

#include "data/files/read_file.hpp"

namespace mercer {
namespace {

SparseMatrix rows_of(const SparseMatrix& x, std::span<const Node> nodes) {
  const SparseView all = x.view();
  std::vector<Edge> offset{0};
  std::vector<Node> column;
  std::vector<Real> value;
  for (const Node i : nodes) {
    column.insert(column.end(), all.column + all.offset[i], all.column + all.offset[i + 1]);
    value.insert(value.end(), all.value + all.offset[i], all.value + all.offset[i + 1]);
    offset.push_back(static_cast<Edge>(column.size()));
  }
  return {static_cast<Index>(nodes.size()), x.columns(), std::move(offset), std::move(column), std::move(value)};
}

Tensor rows_of(const Tensor& x, std::span<const Node> nodes) {
  Tensor y = Tensor::uninitialized(static_cast<Index>(nodes.size()), x.columns());
  for (std::size_t a = 0; a < nodes.size(); ++a)
    std::copy_n(x.row(nodes[a]), x.columns(), y.row(static_cast<Index>(a)));
  return y;
}

}  // namespace

FeatureRows::FeatureRows(std::filesystem::path file, std::string place, Index columns)
    : file_(std::move(file)), place_(std::move(place)), columns_(columns) {}

void FeatureRows::reserve(Index rows, Edge nonzeros) {
  offset_.reserve(static_cast<std::size_t>(rows) + 1);
  column_.reserve(static_cast<std::size_t>(nonzeros));
  value_.reserve(static_cast<std::size_t>(nonzeros));
}

void FeatureRows::now_from(std::filesystem::path file, std::string place) {
  file_ = std::move(file);
  place_ = std::move(place);
  row_ = 0;
}

void FeatureRows::refuse(const std::string& what) const {
  refuse_file(file_, (place_.empty() ? "" : place_ + ", ") + "row " + std::to_string(row_), what);
}

void FeatureRows::add(std::int64_t column, double value) {
  if (column < 0 || column >= columns_)
    refuse("has column " + std::to_string(column) + ", want 0 … " + std::to_string(columns_ - 1));
  const auto real = static_cast<Real>(value);
  if (!std::isfinite(value) || !std::isfinite(real))
    refuse("column " + std::to_string(column) + ": the value " + std::to_string(value) + " is not finite");
  const auto c = static_cast<Node>(column);
  if (static_cast<Edge>(column_.size()) > offset_.back() && c <= column_.back()) ascending_ = false;
  column_.push_back(c);
  value_.push_back(real);
}

void FeatureRows::sort_open_row() {
  const auto first = static_cast<std::size_t>(offset_.back());
  std::vector<std::pair<Node, Real>> pairs;
  for (std::size_t e = first; e < column_.size(); ++e)
    pairs.emplace_back(column_[e], value_[e]);
  std::ranges::sort(pairs, {}, &std::pair<Node, Real>::first);
  for (std::size_t e = first; e < column_.size(); ++e) {
    std::tie(column_[e], value_[e]) = pairs[e - first];
    if (e > first && column_[e] == column_[e - 1]) refuse("names column " + std::to_string(column_[e]) + " twice");
  }
}

void FeatureRows::end_row() {
  if (!ascending_) sort_open_row();
  auto kept = static_cast<std::size_t>(offset_.back());
  for (std::size_t e = kept; e < column_.size(); ++e) {
    if (value_[e] == 0) continue;
    column_[kept] = column_[e];
    value_[kept++] = value_[e];
  }
  column_.resize(kept);
  value_.resize(kept);
  offset_.push_back(static_cast<Edge>(kept));
  ascending_ = true;
  ++row_;
}

SparseMatrix FeatureRows::matrix() && {
  const auto rows = static_cast<Index>(offset_.size()) - 1;
  return {rows, columns_, std::move(offset_), std::move(column_), std::move(value_)};
}

Features in_fitting_form(SparseMatrix features) {
  if (features.columns() == 0 || 4 * features.nonzeros() > features.rows() * features.columns())
    return features.to_dense();
  return features;
}

Features rows_of(const Features& features, std::span<const Node> nodes) {
  return std::visit([&](const auto& x) { return Features(rows_of(x, nodes)); }, features);
}

std::vector<std::string> numbered_classes(Index count) {
  std::vector<std::string> names;
  for (Index c = 0; c < count; ++c)
    names.push_back(std::to_string(c));
  return names;
}

std::vector<std::int32_t> checked_labels(const std::string& source, const std::vector<std::int64_t>& labels) {
  std::vector<std::int32_t> checked;
  checked.reserve(labels.size());
  for (const std::int64_t label : labels) {
    if (label < -1 || label >= most_classes)
      refuse_file(source, "node " + std::to_string(checked.size()),
                  "the label is " + std::to_string(label) + ", want 0 … " + std::to_string(most_classes - 1) +
                      " or -1 for none");
    checked.push_back(static_cast<std::int32_t>(label));
  }
  return checked;
}

Index classes_of(const std::vector<std::int32_t>& labels) {
  return labels.empty() ? 0 : Index{*std::ranges::max_element(labels)} + 1;
}

Features no_features(Index nodes, const std::string& giver, std::vector<std::string>& notes) {
  notes.push_back("there are no features: " + giver + " would give them, or --features degree or identity");
  return Tensor(nodes, 0);
}

void set_no_labels(Index nodes, const std::string& giver, Dataset& data) {
  data.labels.assign(static_cast<std::size_t>(nodes), -1);
  data.no_labels_note = "no node has a label: " + giver + " would give them";
  data.notes.push_back(data.no_labels_note);
}

}  // namespace mercer
