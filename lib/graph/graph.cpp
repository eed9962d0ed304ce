#include "mercer/graph/graph.hpp"

#include <utility>

#include "base/side_cache.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// The reversed rows in ascending order, by counting; `slots` holds the slot of each in the original.
Csr reversed_rows(CsrView g, std::vector<Edge>& slots) {
  std::vector<Edge> offset(static_cast<std::size_t>(g.columns) + 1, 0);
  for (Edge e = 0; e < g.edges(); ++e)
    ++offset[static_cast<std::size_t>(g.neighbour[e]) + 1];
  for (std::size_t j = 1; j < offset.size(); ++j)
    offset[j] += offset[j - 1];
  std::vector<Edge> next(offset.begin(), offset.end() - 1);
  std::vector<Node> target(static_cast<std::size_t>(g.edges()));
  slots.resize(target.size());
  for_each_edge(g, [&](Node i, Node j, Edge e) {
    const auto at = static_cast<std::size_t>(next[static_cast<std::size_t>(j)]++);
    target[at] = i;
    slots[at] = e;
  });
  return {g.columns, g.rows, std::move(offset), std::move(target)};
}

}  // namespace

Graph::Graph(Csr adjacency) {
  auto data = std::make_shared<Data>();
  data->adjacency = std::move(adjacency);
  data->transpose = reversed_rows(data->adjacency.view(), data->slots);
  data_ = std::move(data);
}

Graph::Graph(Csr adjacency, Csr transpose, std::vector<Edge> slots) {
  expect("Graph",
         {{"rows of transpose", transpose.rows(), adjacency.rows()}, {"slots", std::ssize(slots), transpose.edges()}});
  auto data = std::make_shared<Data>();
  data->adjacency = std::move(adjacency);
  data->transpose = std::move(transpose);
  data->slots = std::move(slots);
  data->is_part = true;
  data_ = std::move(data);
}

Graph Graph::reversed() const {
  require(!data_->is_part, "Graph", "reversed: want a whole graph, this is a part of one");
  std::call_once(data_->reversing, [this] { data_->reversed = Graph(data_->transpose).data_; });
  return Graph(data_->reversed);
}

TopologyView Graph::view() const {
  return {.adjacency = adjacency(), .transpose = transpose(), .slots = slots(), .cache = data_->cache.get()};
}

std::shared_ptr<SideCache> new_side_cache() { return std::make_shared<SideCache>(); }

}  // namespace mercer
