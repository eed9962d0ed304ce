#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

void check(const LookupOptions& o) {
  constexpr const char* op = "lookup_tables";
  constexpr Index most = Index{1} << 12;
  require(o.size >= 2 && o.size <= most, op, "size: got " + std::to_string(o.size) + ", want 2 to 4096");
  require(o.train >= 1 && o.validation >= 0 && o.test >= 0, op, "want at least one table to train on, and no negative");
  const Index limit = std::numeric_limits<Node>::max() / (2 * o.size);
  require(o.train <= limit && o.validation <= limit && o.test <= limit && o.train + o.validation + o.test <= limit, op,
          "too many tables: want at most " + std::to_string(limit) + " of this size");
}

}  // namespace

Dataset lookup_tables(const LookupOptions& options) {
  check(options);
  const Index size = options.size, tables = options.train + options.validation + options.test;
  const Index nodes = 2 * size * tables, unknown = 2 * size;  // unknown: the last column
  Random random(options.seed, 3);
  std::vector<NodePair> edges;
  std::vector<Edge> offset{0};
  std::vector<Node> column;
  Dataset data;
  data.splits.resize(1);
  const auto add_node = [&](Index attribute, Index value) {
    column.push_back(static_cast<Node>(attribute));
    column.push_back(static_cast<Node>(value));
    offset.push_back(static_cast<Edge>(column.size()));
  };
  for (Index table = 0; table < tables; ++table) {
    std::vector<std::int32_t> value(static_cast<std::size_t>(size));  // of each attribute
    std::iota(value.begin(), value.end(), 0);
    random.shuffle(value);
    Split& split = data.splits.front();
    auto& part = table < options.train                        ? split.train
                 : table < options.train + options.validation ? split.validation
                                                              : split.test;
    for (Index a = 0; a < size; ++a)
      add_node(a, size + value[static_cast<std::size_t>(a)]);
    data.labels.insert(data.labels.end(), static_cast<std::size_t>(size), -1);
    data.labels.insert(data.labels.end(), value.begin(), value.end());
    const auto key = static_cast<Node>(2 * size * table), query = static_cast<Node>(key + size);
    for (Index a = 0; a < size; ++a) {
      add_node(a, unknown);
      part.push_back(query + static_cast<Node>(a));
      for (Index b = 0; b < size; ++b)
        edges.emplace_back(query + static_cast<Node>(a), key + static_cast<Node>(b));
    }
  }
  data.name = "lookup";
  data.format = "synthetic";
  data.directed = true;
  data.graph = from_edges(nodes, edges);
  std::vector<Real> ones(column.size(), 1);
  data.features = SparseMatrix(nodes, 2 * size + 1, std::move(offset), std::move(column), std::move(ones));
  for (Index v = 0; v < size; ++v)
    data.class_names.push_back(std::to_string(v));
  return data;
}

}  // namespace mercer
