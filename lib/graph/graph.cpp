#include "mercer/graph/graph.hpp"

#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

constexpr Index block_work = 2048;  // edges and rows of one block

std::vector<Index> blocks_of(CsrView g) {
  std::vector<Index> first{0};
  Index work = 0;
  for (Index i = 0; i < g.rows; ++i) {
    work += g.degree(i) + 1;
    if (work < block_work) continue;
    first.push_back(i + 1);
    work = 0;
  }
  if (first.back() != g.rows) first.push_back(g.rows);
  return first;
}

/// The reversed rows in ascending order, by counting; `slots` tells where each came from.
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
  data->row_blocks = blocks_of(data->adjacency.view());
  data->column_blocks = blocks_of(data->transpose.view());
  data_ = std::move(data);
}

Graph::Graph(GraphPart part, std::shared_ptr<const Halo> halo) : halo_(std::move(halo)) {
  const Index rows = part.adjacency.rows();
  expect("Graph", {{"rows of transpose", part.transpose.rows(), rows},
                   {"slots", std::ssize(part.slots), part.transpose.edges()},
                   {"columns of adjacency", part.adjacency.columns(), rows + halo_->ghosts(Halo::Side::sources)},
                   {"columns of transpose", part.transpose.columns(), rows + halo_->ghosts(Halo::Side::targets)},
                   {"numbers of sources", std::ssize(part.sources), part.adjacency.columns()},
                   {"numbers of targets", std::ssize(part.targets), part.transpose.columns()}});
  auto data = std::make_shared<Data>();
  data->adjacency = std::move(part.adjacency);
  data->transpose = std::move(part.transpose);
  data->slots = std::move(part.slots);
  data->row_blocks = blocks_of(data->adjacency.view());
  data->column_blocks = blocks_of(data->transpose.view());
  data->first = part.first;
  data->nodes = part.nodes;
  data->source_numbers = std::move(part.sources);
  data->target_numbers = std::move(part.targets);
  data_ = std::move(data);
}

Graph Graph::reversed() const {
  require(halo_ == nullptr, "Graph", "reversed: want a whole graph, this is a part of one");
  std::call_once(data_->reversing, [this] { data_->reversed = Graph(data_->transpose).data_; });
  Graph graph(data_->reversed);
  if (stream_ != nullptr) graph.stream_ = stream_->reversed();
  return graph;
}

Graph Graph::streamed(std::size_t device_bytes) const {
  require(halo_ == nullptr, "Graph", "streamed: want a whole graph, this is a part of one");
  Graph graph(data_);
  graph.stream_ = std::make_shared<StreamPlan>(device_bytes);
  return graph;
}

}  // namespace mercer
