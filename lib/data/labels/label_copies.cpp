#include "data/labels/label_copies.hpp"

#include <algorithm>
#include <unordered_set>
#include <variant>
#include <vector>

#include "data/tables/column_names.hpp"

namespace mercer {
namespace {

using Column = std::vector<Real>;  // [nodes]

/// The first labelled node of each class; none where a class has too few nodes to tell.
std::vector<Node> first_of_classes(const Dataset& data) {
  constexpr Index enough = 3;
  std::vector<Node> first(static_cast<std::size_t>(data.classes()), -1);
  std::vector<Index> count(first.size(), 0);
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    if (data.labels[i] < 0) continue;
    const auto k = static_cast<std::size_t>(data.labels[i]);
    if (count[k]++ == 0) first[k] = static_cast<Node>(i);
  }
  if (std::ranges::any_of(count, [](Index nodes) { return nodes < enough; })) first.clear();
  return first;
}

/// Has each class one value, and one of its own? `value` is that of a node.
bool names_classes(const Dataset& data, const std::vector<Node>& first, const auto& value) {
  std::unordered_set<Real> values;
  for (const Node node : first)
    if (!values.insert(value(node)).second) return false;
  for (std::size_t i = 0; i < data.labels.size(); ++i)
    if (data.labels[i] >= 0 && value(static_cast<Node>(i)) != value(first[static_cast<std::size_t>(data.labels[i])]))
      return false;
  return true;
}

/// The columns of sparse features that are zero in one class at most, by their number of values.
std::vector<Index> full_columns(const SparseMatrix& x, const Dataset& data) {
  std::vector<Index> nodes(static_cast<std::size_t>(data.classes()), 0),
      count(static_cast<std::size_t>(x.columns()), 0);
  Index labelled = 0;
  const SparseView view = x.view();
  for (Index i = 0; i < x.rows(); ++i) {
    const std::int32_t label = data.labels[static_cast<std::size_t>(i)];
    if (label < 0) continue;
    ++labelled;
    ++nodes[static_cast<std::size_t>(label)];
    for (Edge e = view.offset[i]; e < view.offset[i + 1]; ++e)
      ++count[static_cast<std::size_t>(view.column[e])];
  }
  std::vector<Index> full;
  for (std::size_t c = 0; c < count.size(); ++c)
    if (count[c] >= labelled - *std::ranges::max_element(nodes)) full.push_back(static_cast<Index>(c));
  return full;
}

Column column_of_sparse(const SparseMatrix& x, Index c) {
  Column column(static_cast<std::size_t>(x.rows()), 0);
  const SparseView view = x.view();
  for (Index i = 0; i < x.rows(); ++i)
    for (Edge e = view.offset[i]; e < view.offset[i + 1]; ++e)
      if (view.column[e] == c) column[static_cast<std::size_t>(i)] = view.value[e];
  return column;
}

}  // namespace

void note_label_copies(const std::string& file, Dataset& data) {
  if (data.label_kind != LabelKind::classes || data.classes() < 2) return;
  const std::vector<Node> first = first_of_classes(data);
  if (first.empty()) return;
  std::vector<Index> copies;
  if (const auto* dense = std::get_if<Tensor>(&data.features)) {
    for (Index c = 0; c < dense->columns(); ++c)
      if (names_classes(data, first, [&](Node i) { return (*dense)(i, c); })) copies.push_back(c);
  } else {
    const auto& sparse = std::get<SparseMatrix>(data.features);
    for (const Index c : full_columns(sparse, data)) {
      const Column column = column_of_sparse(sparse, c);
      if (names_classes(data, first, [&](Node i) { return column[static_cast<std::size_t>(i)]; })) copies.push_back(c);
    }
  }
  for (const Index c : copies)
    data.notes.push_back(file + ": " +
                         (data.feature_names.empty() ? "feature " + std::to_string(c + data.first_index.value_or(1))
                                                     : "column " + data.feature_names[static_cast<std::size_t>(c)]) +
                         " names the classes of the labels one to one: leave it out if it is a copy");
}

}  // namespace mercer
