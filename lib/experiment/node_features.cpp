#include "mercer/experiment/node_features.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

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

SparseMatrix identity(Index nodes) {
  std::vector<Edge> offset(static_cast<std::size_t>(nodes) + 1);
  std::vector<Node> column(static_cast<std::size_t>(nodes));
  std::iota(offset.begin(), offset.end(), Edge{0});
  std::iota(column.begin(), column.end(), Node{0});
  return {nodes, nodes, offset, column, std::vector<Real>(column.size(), 1)};
}

}  // namespace

Dataset with_features(Dataset data, NodeFeatures kind) {
  data.first_index.reset();
  data.feature_names.clear();
  if (kind == NodeFeatures::identity) {
    data.features = identity(data.nodes());
  } else {
    data.features = degrees_of(data.graph.view());
    data.feature_names = {"one", "log-degree"};
  }
  return data;
}

double scale_ratio(const Features& features) {
  Real least = 0, most = 0;  // of 1 / deviation
  const ColumnScales scales = column_scales(features);
  for (const Real scale : scales.scale) {
    if (scale == 1) continue;  // constant, or of that scale already
    least = least == 0 ? scale : std::min(least, scale);
    most = std::max(most, scale);
  }
  return least == 0 ? 1 : static_cast<double>(most) / static_cast<double>(least);
}

std::string scales_note(const Features& features) {
  constexpr double far = 1e3;
  const double apart = scale_ratio(features);
  if (apart <= far) return {};
  std::ostringstream text;
  text << "the scales of the feature columns lie apart by a factor of " << std::setprecision(2) << apart
       << ", so that the largest drown the others; --standardise-features brings them to one scale";
  return text.str();
}

}  // namespace mercer
