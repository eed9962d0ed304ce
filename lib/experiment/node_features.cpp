#include "mercer/experiment/node_features.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "base/counted.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/data/transform.hpp"

namespace mercer {

namespace {

Tensor degrees_of(CsrView g) {
  Tensor x = Tensor::uninitialized(g.rows, 2);
  for (Index i = 0; i < g.rows; ++i) {
    const auto neighbours = std::count_if(g.neighbour + g.offset[i], g.neighbour + g.offset[i + 1],
                                          [i](Node j) { return static_cast<Index>(j) != i; });
    x(i, 0) = 1;
    x(i, 1) = static_cast<Real>(std::log1p(static_cast<double>(neighbours)));
  }
  return x;
}

bool are_different(const std::vector<std::string>& names) {
  return std::unordered_set<std::string_view>(names.begin(), names.end()).size() == names.size();
}

/// A column that varies.
struct ColumnSize {
  std::size_t column;
  double deviation;  // from the mean; of a column with zeros over the others, so that rare marks of 1 are not small
};

std::pair<Index, Index> shape(const Features& features) {
  return std::visit([](const auto& x) { return std::pair(x.rows(), x.columns()); }, features);
}

Index nonzeros(const SparseMatrix& x) { return x.nonzeros(); }
Index nonzeros(const Tensor& x) { return x.size() - static_cast<Index>(std::ranges::count(x.values(), Real(0))); }

void count_nonzeros(const SparseMatrix& x, std::vector<double>& count) {
  for (const Node c : x.column())
    ++count[static_cast<std::size_t>(c)];
}

void count_nonzeros(const Tensor& x, std::vector<double>& count) {
  for (Index i = 0; i < x.rows(); ++i)
    for (std::size_t c = 0; c < count.size(); ++c)
      count[c] += x.row(i)[c] != 0 ? 1 : 0;
}

std::vector<ColumnSize> column_sizes(const Features& features) {
  const auto [rows, columns] = shape(features);
  const ColumnScales scales = column_scales(features);
  std::vector<double> count(static_cast<std::size_t>(columns), 0);
  std::visit([&](const auto& x) { count_nonzeros(x, count); }, features);
  std::vector<ColumnSize> found;
  for (std::size_t c = 0; c < count.size(); ++c)
    if (scales.scale[c] != 1 && count[c] > 0)  // neither constant nor of deviation 1
      found.push_back({c, std::sqrt(static_cast<double>(rows) / count[c]) / static_cast<double>(scales.scale[c])});
  return found;
}

/// "income: 1,800", to two digits.
std::string in_words(const ColumnSize& size, const Dataset& data) {
  const bool named = size.column < data.feature_names.size() && !data.feature_names[size.column].empty();
  std::ostringstream text;
  text << (named ? data.feature_names[size.column] : "column " + std::to_string(size.column + 1)) << ": ";
  const double step = std::pow(10, std::floor(std::log10(size.deviation)) - 1);
  if (size.deviation < 10 || size.deviation > 1e15)
    text << std::setprecision(2) << size.deviation;
  else
    text << grouped(static_cast<Index>(std::llround(size.deviation / step) * std::llround(step)));
  return text.str();
}

}  // namespace

Dataset with_features(Dataset data, NodeFeatures kind) {
  data.first_index.reset();
  data.feature_names.clear();
  if (kind == NodeFeatures::identity) {
    data.features = SparseMatrix::identity(data.nodes());
    if (are_different(data.node_names)) data.feature_names = data.node_names;
  } else {
    data.features = degrees_of(data.graph.view());
    data.feature_names = {"one", "log-degree"};
  }
  return data;
}

Dataset with_identity_of(const std::vector<std::string>& names, Dataset data) {
  std::unordered_map<std::string_view, Node> column_of;
  for (std::size_t c = 0; c < names.size(); ++c)
    column_of.emplace(names[c], static_cast<Node>(c));
  std::vector<Edge> offset{0};
  std::vector<Node> column;
  std::vector<std::string> unknown;
  for (const std::string& name : data.node_names) {
    const auto found = column_of.find(name);
    if (found == column_of.end()) unknown.push_back(name);
    column.push_back(found == column_of.end() ? 0 : found->second);
    offset.push_back(std::ssize(column));
  }
  if (!unknown.empty())
    throw ValueError(data.name + ": " + counted(std::ssize(unknown), "node") +
                     (unknown.size() == 1 ? " is none" : " are none") + " of the model's, such as " +
                     listed_name(unknown.front()) +
                     ": its features are a column for each node of the graph that it was trained on; a model trained "
                     "with --features degree, or with features of the nodes, reads other graphs");
  const std::vector<Real> ones(column.size(), 1);
  data.features = SparseMatrix(data.nodes(), std::ssize(names), offset, column, ones);
  data.feature_names = names;
  return data;
}

bool mostly_zeros(const Features& features) {
  const auto [rows, columns] = shape(features);
  return rows > 0 && columns > 0 &&
         4 * std::visit([](const auto& x) { return nonzeros(x); }, features) <= rows * columns;
}

std::string scales_note(const Dataset& data) {
  constexpr double far = 50, large = 10;
  if (mostly_zeros(data.features)) return {};
  const std::vector<ColumnSize> columns = column_sizes(data.features);
  if (columns.empty()) return {};
  const auto [least, most] = std::ranges::minmax_element(columns, {}, &ColumnSize::deviation);
  const bool apart = most->deviation >= far * least->deviation;
  if (!apart && most->deviation <= large) return {};
  return (apart ? "features differ in scale (" + in_words(*least, data) + ", " : "features are of large scale (") +
         in_words(*most, data) + "): --standardise-features brings each column to mean 0 and deviation 1";
}

}  // namespace mercer
