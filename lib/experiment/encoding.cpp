#include "mercer/experiment/encoding.hpp"

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/laplacian.hpp"
#include "mercer/graph/return_probabilities.hpp"

namespace mercer {
namespace {

struct Kind {
  std::string_view name;
  std::string_view column;  // the name of a column but for its number
  std::vector<double> (*of)(CsrView symmetric, Index columns);
};

constexpr Kind kinds[]{
    {"random-walk", "return", return_probabilities},
    {"laplacian", "laplacian", [](CsrView g, Index columns) { return laplacian_eigenvectors(g, columns).vectors; }}};
constexpr Index most_columns = 1000;

struct Encoding {
  Kind kind;
  Index columns;
};

Encoding parsed(std::string_view text) {
  for (const Kind& kind : kinds) {
    if (!text.starts_with(kind.name) || !text.substr(kind.name.size()).starts_with(':')) continue;
    Index columns = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + kind.name.size() + 1, end, columns);
    if (read.ec == std::errc() && read.ptr == end && columns >= 1 && columns <= most_columns) return {kind, columns};
  }
  throw ValueError("[encoding] got \"" + std::string(text) + "\", want random-walk:K or laplacian:K, K 1 to " +
                   std::to_string(most_columns));
}

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

Index encoding_columns(std::string_view encoding) { return parsed(encoding).columns; }

Dataset with_encoding(Dataset data, std::string_view encoding) {
  require_graph("encoding", data);
  const auto [kind, columns] = parsed(encoding);
  const Csr graph = symmetrised(data.graph);
  const std::vector<double> more = kind.of(graph.view(), columns);
  data.features =
      std::visit([&, count = columns](const auto& x) { return Features(with_columns(x, more, count)); }, data.features);
  if (!data.feature_names.empty())
    for (Index k = 1; k <= columns; ++k)
      data.feature_names.push_back(std::string(kind.column) + "-" + std::to_string(k));
  return data;
}

}  // namespace mercer
