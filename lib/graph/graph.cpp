#include "mercer/graph/graph.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/side_cache.hpp"
#include "graph/sort_by_key.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// Every slot is one of the `own` edges or follows these: those of targets in other parts, without gaps. None comes
/// twice.
void check_slots(const std::vector<Edge>& slots, Edge own) {
  const Edge end = own + std::ranges::count_if(slots, [own](Edge slot) { return slot >= own; });
  std::vector<bool> taken(static_cast<std::size_t>(end));
  for (std::size_t e = 0; e < slots.size(); ++e) {
    const Edge slot = slots[e];
    require(slot >= 0 && slot < end, "Graph", [&] {
      return "slot " + std::to_string(e) + ": got " + std::to_string(slot) + ", want 0 … " + std::to_string(end - 1);
    });
    require(!taken[static_cast<std::size_t>(slot)], "Graph", [&] {
      return "slot " + std::to_string(e) + ": got " + std::to_string(slot) + ", which an edge before it has";
    });
    taken[static_cast<std::size_t>(slot)] = true;
  }
}

}  // namespace

Graph::Graph(Csr adjacency) {
  auto data = std::make_shared<Data>();
  data->adjacency = std::move(adjacency);
  SortedByKey reversed = reversed_edges(data->adjacency.view(), true);
  data->transpose =
      Csr(data->adjacency.columns(), data->adjacency.rows(), std::move(reversed.offset), std::move(reversed.value));
  data->slots = std::move(reversed.item);
  data_ = std::move(data);
}

Graph::Graph(Csr adjacency, Csr transpose, std::vector<Edge> slots) {
  expect("Graph",
         {{"rows of transpose", transpose.rows(), adjacency.rows()}, {"slots", std::ssize(slots), transpose.edges()}});
  check_slots(slots, adjacency.edges());
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

TopologyView Graph::view() const& {
  return {.adjacency = adjacency(), .transpose = transpose(), .slots = slots(), .cache = data_->cache.get()};
}

std::shared_ptr<SideCache> new_side_cache() { return std::make_shared<SideCache>(); }

}  // namespace mercer
