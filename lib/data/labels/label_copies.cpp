#include "data/labels/label_copies.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "data/tables/column_names.hpp"

namespace mercer {
namespace {

using ClassValues = std::vector<Real>;  // [classes]  of a column that has one value in all labelled nodes of each class

/// The labelled nodes of each class.
struct LabelledClasses {
  std::vector<Node> first;   // [classes]
  std::vector<Index> nodes;  // [classes]
  std::vector<std::size_t> large;

  explicit LabelledClasses(const Dataset& data)
      : first(static_cast<std::size_t>(data.classes()), -1), nodes(first.size(), 0) {
    constexpr Index enough = 3;  // fewer nodes may have one value by chance
    for (std::size_t i = 0; i < data.labels.size(); ++i) {
      if (data.labels[i] < 0) continue;
      const auto k = static_cast<std::size_t>(data.labels[i]);
      if (nodes[k]++ == 0) first[k] = static_cast<Node>(i);
    }
    for (std::size_t k = 0; k < nodes.size(); ++k)
      if (nodes[k] >= enough) large.push_back(k);
  }

  bool all_differ(const ClassValues& values) const {
    std::set<Real> own;
    for (std::size_t k = 0; k < nodes.size(); ++k)
      if (nodes[k] > 0 && !own.insert(values[k]).second) return false;
    return true;
  }
  bool tells_some(const ClassValues& values) const {
    return std::ranges::any_of(large, [&](std::size_t k) { return values[k] != values[large[0]]; });
  }
};

/// A column that tells classes apart, each by one value.
struct TellingColumn {
  Index place;
  ClassValues values;
};

std::vector<TellingColumn> telling_columns(const Tensor& x, const Dataset& data, const LabelledClasses& classes) {
  std::vector<TellingColumn> columns;
  ClassValues values(classes.first.size());
  for (Index c = 0; c < x.columns(); ++c) {
    for (std::size_t k = 0; k < values.size(); ++k)
      values[k] = classes.first[k] < 0 ? Real(0) : x(classes.first[k], c);
    bool alike = true;
    for (std::size_t i = 0; alike && i < data.labels.size(); ++i)
      alike = data.labels[i] < 0 || x(static_cast<Index>(i), c) == values[static_cast<std::size_t>(data.labels[i])];
    if (alike && classes.tells_some(values)) columns.push_back({c, values});
  }
  return columns;
}

/// The same of sparse features: in each class a column has no value, or the same in all nodes.
class SparseColumns {
 public:
  SparseColumns(const SparseMatrix& x, const Dataset& data) : first_(static_cast<std::size_t>(x.columns()) + 1, 0) {
    const SparseView view = x.view();
    const auto for_each_labelled = [&](auto&& visit) {
      for (Index i = 0; i < x.rows(); ++i)
        if (const std::int32_t label = data.labels[static_cast<std::size_t>(i)]; label >= 0)
          for (Edge e = view.offset[i]; e < view.offset[i + 1]; ++e)
            visit(static_cast<std::size_t>(view.column[e]), label, view.value[e]);
    };
    for_each_labelled([&](std::size_t c, std::int32_t, Real) { ++first_[c + 1]; });
    for (std::size_t c = 1; c < first_.size(); ++c)
      first_[c] += first_[c - 1];
    own_.resize(first_.back());
    std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
    for_each_labelled([&](std::size_t c, std::int32_t label, Real value) { own_[next[c]++] = {label, value}; });
  }

  std::vector<TellingColumn> telling(const LabelledClasses& classes) const {
    std::vector<TellingColumn> columns;
    std::vector<Index> count(classes.nodes.size(), 0);
    ClassValues values(classes.nodes.size(), 0);
    for (std::size_t c = 0; c + 1 < first_.size(); ++c) {
      bool alike = first_[c] < first_[c + 1];
      for (std::size_t n = first_[c]; n < first_[c + 1]; ++n) {
        const std::size_t k = own_[n].at();
        alike = alike && (count[k]++ == 0 || values[k] == own_[n].value);
        values[k] = own_[n].value;
      }
      for (std::size_t n = first_[c]; alike && n < first_[c + 1]; ++n)
        alike = count[own_[n].at()] == classes.nodes[own_[n].at()];
      if (alike && classes.tells_some(values)) columns.push_back({static_cast<Index>(c), values});
      for (std::size_t n = first_[c]; n < first_[c + 1]; ++n) {
        count[own_[n].at()] = 0;
        values[own_[n].at()] = 0;
      }
    }
    return columns;
  }

 private:
  struct Own {
    std::int32_t label;
    Real value;
    std::size_t at() const { return static_cast<std::size_t>(label); }
  };
  std::vector<std::size_t> first_;  // [columns + 1]
  std::vector<Own> own_;            // by column: its values in labelled nodes
};

/// Do the columns together have values of their own in each large class?
bool tell_all(const std::vector<TellingColumn>& columns, const LabelledClasses& classes) {
  std::set<ClassValues> own;
  return std::ranges::all_of(classes.large, [&](std::size_t k) {
    ClassValues of_class;
    for (const TellingColumn& column : columns)
      of_class.push_back(column.values[k]);
    return own.insert(std::move(of_class)).second;
  });
}

/// "column a", "columns a, b" or, without names, "features 3, 4".
std::string names_of_telling(const std::vector<TellingColumn>& columns, const Dataset& data) {
  constexpr std::size_t most = 8;
  std::vector<std::string> names;
  for (std::size_t n = 0; n < std::min(columns.size(), most); ++n) {
    const Index c = columns[n].place;
    names.push_back(data.feature_names.empty() ? std::to_string(c + data.first_index.value_or(1))
                                               : data.feature_names[static_cast<std::size_t>(c)]);
  }
  const std::string more = columns.size() > most ? " and " + std::to_string(columns.size() - most) + " more" : "";
  return std::string(data.feature_names.empty() ? "feature" : "column") + (columns.size() > 1 ? "s " : " ") +
         joined(names) + more;
}

/// The columns that are the target in all nodes that have it.
std::vector<Index> copies_of_target(const Features& features, const Tensor& targets, Index t) {
  const auto* dense = std::get_if<Tensor>(&features);
  std::vector<Index> copies;
  if (dense != nullptr) {
    for (Index c = 0; c < dense->columns(); ++c) {
      bool alike = true;
      for (Index i = 0; alike && i < dense->rows(); ++i)
        alike = std::isnan(targets(i, t)) || (*dense)(i, c) == targets(i, t);
      if (alike) copies.push_back(c);
    }
    return copies;
  }
  const auto& sparse = std::get<SparseMatrix>(features);
  const SparseView view = sparse.view();
  std::vector<Index> alike(static_cast<std::size_t>(sparse.columns()), 0);  // values that aren't 0, or -1
  Index wanted = 0;
  for (Index i = 0; i < sparse.rows(); ++i) {
    const Real target = targets(i, t);
    if (std::isnan(target)) continue;
    wanted += target != 0 ? 1 : 0;
    for (Edge e = view.offset[i]; e < view.offset[i + 1]; ++e) {
      Index& count = alike[static_cast<std::size_t>(view.column[e])];
      count = count < 0 || view.value[e] != target ? -1 : count + (target != 0 ? 1 : 0);
    }
  }
  for (std::size_t c = 0; c < alike.size(); ++c)
    if (alike[c] == wanted) copies.push_back(static_cast<Index>(c));
  return copies;
}

/// Has a target three values or more that are not the first one? Others may be a feature's by chance.
bool is_told_by_copies(const Tensor& targets, Index t) {
  constexpr Index enough = 3;
  Real first = std::numeric_limits<Real>::quiet_NaN();
  Index same = 0, other = 0;
  for (Index i = 0; i < targets.rows(); ++i) {
    if (std::isnan(targets(i, t))) continue;
    if (std::isnan(first)) first = targets(i, t);
    ++(targets(i, t) == first ? same : other);
  }
  return other >= enough && same + other >= 2 * enough;
}

void note_target_copies(Dataset& data) {
  for (Index t = 0; t < data.targets.columns(); ++t) {
    if (!is_told_by_copies(data.targets, t)) continue;
    for (const Index c : copies_of_target(data.features, data.targets, t))
      data.notes.push_back(names_of_telling({{c, {}}}, data) + " is the label" +
                           (data.targets.columns() > 1 ? " " + data.class_names[static_cast<std::size_t>(t)] : "") +
                           " in each node that has it: leave it out if it is a copy");
  }
}

}  // namespace

void note_label_copies(Dataset& data) {
  if (data.has_items()) return;  // a label is that of many rows
  if (data.label_kind != LabelKind::classes) return note_target_copies(data);
  const LabelledClasses classes(data);
  if (classes.large.size() < 2) return;
  const auto* dense = std::get_if<Tensor>(&data.features);
  const std::vector<TellingColumn> columns =
      dense != nullptr ? telling_columns(*dense, data, classes)
                       : SparseColumns(std::get<SparseMatrix>(data.features), data).telling(classes);
  std::vector<TellingColumn> parts;
  for (const TellingColumn& column : columns)
    if (classes.all_differ(column.values))
      data.notes.push_back(names_of_telling({column}, data) +
                           " names the classes of the labels one to one: leave it out if it is a copy");
    else
      parts.push_back(column);
  if (parts.empty() || !tell_all(parts, classes)) return;
  data.notes.push_back(names_of_telling(parts, data) + (parts.size() == 1 ? " tells" : " together tell") +
                       " the class of each labelled node, as pandas.get_dummies writes the label: leave " +
                       (parts.size() == 1 ? "it out if it is a copy" : "them out if they are copies"));
}

}  // namespace mercer
