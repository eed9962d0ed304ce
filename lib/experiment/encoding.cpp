#include "mercer/experiment/encoding.hpp"

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/return_probabilities.hpp"

namespace mercer {
namespace {

constexpr std::string_view random_walk = "random-walk:";
constexpr Index most_steps = 1000;

Tensor with_columns(const Tensor& x, const std::vector<double>& more, Index columns) {
  Tensor joined(x.rows(), x.columns() + columns);
  for (Index i = 0; i < x.rows(); ++i) {
    for (Index c = 0; c < x.columns(); ++c)
      joined(i, c) = x(i, c);
    for (Index c = 0; c < columns; ++c)
      joined(i, x.columns() + c) = static_cast<Real>(more[static_cast<std::size_t>(i * columns + c)]);
  }
  return joined;
}

SparseMatrix with_columns(const SparseMatrix& x, const std::vector<double>& more, Index columns) {
  std::vector<Edge> offset{0};
  std::vector<Node> column;
  std::vector<Real> value;
  for (Index i = 0; i < x.rows(); ++i) {
    for (Edge n = x.offset()[static_cast<std::size_t>(i)]; n < x.offset()[static_cast<std::size_t>(i) + 1]; ++n) {
      column.push_back(x.column()[static_cast<std::size_t>(n)]);
      value.push_back(x.value()[static_cast<std::size_t>(n)]);
    }
    for (Index c = 0; c < columns; ++c)
      if (const auto entry = static_cast<Real>(more[static_cast<std::size_t>(i * columns + c)]); entry != 0) {
        column.push_back(static_cast<Node>(x.columns() + c));
        value.push_back(entry);
      }
    offset.push_back(static_cast<Edge>(column.size()));
  }
  return {x.rows(), x.columns() + columns, offset, column, value};
}

}  // namespace

Index encoding_columns(std::string_view encoding) {
  Index steps = 0;
  if (encoding.starts_with(random_walk)) {
    const char* end = encoding.data() + encoding.size();
    const auto read = std::from_chars(encoding.data() + random_walk.size(), end, steps);
    if (read.ec != std::errc() || read.ptr != end) steps = 0;
  }
  require(steps >= 1 && steps <= most_steps, "encoding",
          "got \"" + std::string(encoding) + "\", want random-walk:K with K steps, 1 to " + std::to_string(most_steps));
  return steps;
}

Dataset with_encoding(Dataset data, std::string_view encoding) {
  require_graph("encoding", data);
  const Index columns = encoding_columns(encoding);
  const Csr graph = symmetrised(data.graph);
  const std::vector<double> more = return_probabilities(graph.view(), columns);
  data.features = std::visit([&](const auto& x) { return Features(with_columns(x, more, columns)); }, data.features);
  if (!data.feature_names.empty())
    for (Index k = 1; k <= columns; ++k)
      data.feature_names.push_back("return-" + std::to_string(k));
  return data;
}

}  // namespace mercer
