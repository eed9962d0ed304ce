#include "mercer/attention/neighbourhood.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "attention/terms.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

void check_part(const Topology& topology, const Partitioned& own) {
  const auto* graph = std::get_if<Graph>(&topology);
  require(graph != nullptr, "Neighbourhood",
          "partitioned: want a graph; cut it before blocks or segments are taken of it, or run these locally");
  require(own.part != nullptr && own.halo != nullptr, "Neighbourhood",
          "partitioned: got no part of a graph; partitioned() makes one");
  require(graph->adjacency().offset == own.part->graph.adjacency().offset, "Neighbourhood",
          "partitioned: the topology is not the part's own graph; Neighbourhood{part} takes it from the part");
}

void check(const Topology& topology, const Execution& execution, const EdgeFacts& facts) {
  const bool is_segments = std::holds_alternative<Segments>(topology);
  if (const auto* own = std::get_if<Partitioned>(&execution)) check_part(topology, *own);
  if (const auto* streamed = std::get_if<Streamed>(&execution)) {
    require(!is_segments, "Neighbourhood",
            "streamed: got segments, want a graph or a block; run segments locally, fewer of them at a time");
    require(streamed->device_bytes > 0, "Neighbourhood", "streamed: got 0 bytes of the device, want more");
  }
  require(!is_segments || (facts.types == 0 && !facts.weight && !facts.features), "Neighbourhood",
          "edge facts: got segments, whose pairs have none; spell them out: Graph{complete(segments)}");
}

void check_facts(const EdgeFacts& facts, Index edges, const Topology& topology) {
  require(
      facts.types > 0 || (facts.types == 0 && facts.type.empty()), "Neighbourhood",
      "number of edge types: got " + std::to_string(facts.types) + ", want at least 1 with a list of types, else 0");
  if (facts.types > 0) expect("Neighbourhood", {{"edge types", std::ssize(facts.type), edges}});
  for (const Node type : facts.type)
    require(type >= 0 && type < facts.types, "Neighbourhood", [&] {
      return "edge type: got " + std::to_string(type) + ", want 0 to " + std::to_string(facts.types - 1);
    });
  if (facts.weight)
    expect("Neighbourhood", {{"rows of edge weights, one for each slot of the adjacency,", facts.weight.rows(), edges},
                             {"columns of edge weights", facts.weight.columns(), 1}});
  if (facts.features) expect("Neighbourhood", {{"rows of edge features", facts.features.rows(), edges}});
  if (!facts.degree) return;
  const auto* block = std::get_if<Block>(&topology);
  require(block != nullptr && facts.weight, "Neighbourhood",
          "degree: got one without a block with weights, want none: elsewhere degrees are sums of the weights");
  expect("Neighbourhood",
         {{"rows of degree", facts.degree.rows(), block->sources()}, {"columns of degree", facts.degree.columns(), 1}});
}

Csr ascending(Csr g) {
  for (Index i = 0; i < g.rows(); ++i)
    require(std::ranges::is_sorted(g.neighbours(i)), "Neighbourhood", [&] {
      return "neighbours of row " + std::to_string(i) +
             " do not ascend: sort them (sorted_rows), or give Graph{adjacency}, which keeps their order";
    });
  return g;
}

/// The first `count` rows of x.
Tensor first_rows(const Tensor& x, Index count) {
  Tensor y = Tensor::uninitialized(count, x.columns(), x.device());
  copy_bytes(y.data(), y.device(), x.data(), x.device(), static_cast<std::size_t>(y.size()) * sizeof(Real));
  return y;
}

/// The gradient of first_rows: dy, then rows of zeros.
Tensor with_zeros_below(const Tensor& dy, Index rows) {
  Tensor dx(rows, dy.columns(), dy.device());
  copy_bytes(dx.data(), dx.device(), dy.data(), dy.device(), static_cast<std::size_t>(dy.size()) * sizeof(Real));
  return dx;
}

/// The mean of x over each segment: one target for each segment, which attends to all its rows equally.
Variable mean_of_segments(const Segments& segments, const Variable& x) {
  std::vector<Index> one_each(static_cast<std::size_t>(segments.count()) + 1);
  for (std::size_t s = 0; s < one_each.size(); ++s)
    one_each[s] = static_cast<Index>(s);
  const std::span<const Index> offset = segments.source_offset();
  const Segments pooling(std::move(one_each), {offset.begin(), offset.end()});
  return attend(pooling, Constant{}, {}, {}, x, {.normaliser = Normaliser::degree});
}

Variable mean_over_parts(const Partitioned& own, const Variable& x) {
  const auto& [part, halo] = own;
  expect("Neighbourhood", {{"rows of x", x.rows(), part->rows()}});
  const Variable share = scale(mean_of_rows(x), static_cast<Real>(x.rows()) / static_cast<Real>(part->nodes));
  const auto over_parts = [halo = halo](Tensor sum) {
    halo->add_up(sum.data(), sum.size(), sum.device());
    return sum;
  };
  return Variable::record(over_parts(share.value()), {share}, [over_parts](std::span<Variable> in, Tensor& dy) {
    // The loss of every part depends on the sum.
    in[0].add_grad(over_parts(std::move(dy)));
  });
}

}  // namespace

const std::shared_ptr<const EdgeFacts>& Neighbourhood::no_facts() {
  static const auto none = std::make_shared<const EdgeFacts>();
  return none;
}

Neighbourhood::Neighbourhood(Topology topology, Execution execution, EdgeFacts facts)
    : topology_(std::move(topology)), execution_(std::move(execution)) {
  check(topology_, execution_, facts);
  check_facts(facts, edges(), topology_);
  if (facts.types > 0 || facts.weight || facts.features) facts_ = std::make_shared<const EdgeFacts>(std::move(facts));
}

Neighbourhood::Neighbourhood(Partitioned part, EdgeFacts facts)
    : Neighbourhood(Topology(part.part->graph), Execution(part), std::move(facts)) {}

Neighbourhood::Neighbourhood(Csr adjacency, EdgeFacts facts)
    : Neighbourhood(Graph(ascending(std::move(adjacency))), std::move(facts)) {}

Neighbourhood Neighbourhood::streamed(std::size_t device_bytes) const {
  require(partitioned() == nullptr, "Neighbourhood", "streamed: want a whole graph, this is a part of one");
  return {topology_, Streamed{device_bytes}, *facts_};
}

Neighbourhood Neighbourhood::part(Partitioned own) const {
  const Index first = own.part->first();
  require(partitioned() == nullptr, "Neighbourhood", "part: want one of a whole graph");
  const CsrView whole = graph().adjacency();
  require(own.part->nodes == whole.rows, "Neighbourhood",
          "part: it is of a graph of " + std::to_string(own.part->nodes) + " nodes, this one has " +
              std::to_string(whole.rows));
  const auto first_slot = static_cast<std::size_t>(whole.offset[first]);
  const auto edges = static_cast<std::size_t>(own.part->graph.edges());
  EdgeFacts facts{.types = facts_->types};
  if (facts.types > 0) {
    const auto types = std::span(facts_->type).subspan(first_slot, edges);
    facts.type.assign(types.begin(), types.end());
  }
  if (facts_->weight) {
    const auto weights = facts_->weight.value().values().subspan(first_slot, edges);
    facts.weight = Variable(Tensor::from(own.part->graph.edges(), 1, weights));
  }
  require(!facts_->features, "Neighbourhood", "part: edge features go with a whole graph, not with its parts");
  return {std::move(own), std::move(facts)};
}

Neighbourhood Neighbourhood::reversed() const {
  require(partitioned() == nullptr, "Neighbourhood", "reversed: want a whole graph, this is a part of one");
  if (const auto* graph = std::get_if<Graph>(&topology_)) return {graph->reversed(), execution_};
  const auto* segments = std::get_if<Segments>(&topology_);
  require(segments != nullptr && !segments->is_causal(), "Neighbourhood",
          segments != nullptr ? "reversed: got causal segments, want a graph or segments that are not"
                              : "reversed: got a block, want a graph: its targets are not all of its sources");
  const auto list = [](std::span<const Index> offset) { return std::vector<Index>(offset.begin(), offset.end()); };
  return {Segments(list(segments->source_offset()), list(segments->target_offset())), execution_};
}

const Graph& Neighbourhood::graph() const& {
  const auto* graph = std::get_if<Graph>(&topology_);
  require(graph != nullptr, "Neighbourhood", "graph: this is a block or segments; ask for its topology or its view");
  return *graph;
}

TopologyView Neighbourhood::view() const& {
  const Partitioned* own = partitioned();
  return own != nullptr ? own->part->view() : view_of(topology_);
}

Index Neighbourhood::columns() const { return partitioned() != nullptr ? rows() : view().adjacency.columns; }

bool Neighbourhood::targets_are_sources() const {
  const auto* segments = std::get_if<Segments>(&topology_);
  return segments != nullptr ? segments->is_square() : rows() == columns();
}

Variable Neighbourhood::targets(const Variable& x) const {
  if (targets_are_sources() || !x) return x;
  require(std::holds_alternative<Block>(topology_), "Neighbourhood",
          "targets: got " + std::to_string(rows()) + " of them for " + std::to_string(columns()) +
              " sources and no block; call attend with a q of its own");
  expect("Neighbourhood", {{"rows of x", x.rows(), columns()}});
  return Variable::record(first_rows(x.value(), rows()), {x}, [](std::span<Variable> in, Tensor& dy) {
    in[0].add_grad(with_zeros_below(dy, in[0].rows()));
  });
}

Input Neighbourhood::targets(const Input& x) const {
  if (targets_are_sources()) return x;
  if (!x.is_sparse()) return targets(x.dense());
  expect("Neighbourhood", {{"rows of x", x.rows(), columns()}});
  const SparseMatrix first = x.sparse()->to(Device::cpu).rows(0, rows());
  return std::make_shared<const SparseMatrix>(first.to(x.device()));
}

Variable Neighbourhood::dropout(const Variable& x, const Dropout& drop) const {
  const auto* block = std::get_if<Block>(&topology_);
  if (block == nullptr || block->origin().nodes.empty() || !drop.active()) return mercer::dropout(x, drop);
  if (x.rows() != rows()) expect("Neighbourhood", {{"rows of x", x.rows(), columns()}});
  // the edge lists of x's device hold the numbers of the sources there, targets first, as long as the block lives
  const Node* numbers = edge_lists(block->view(), x.device()).transpose.near;
  return mercer::dropout(x, drop, std::shared_ptr<const Node>(std::make_shared<const Block>(*block), numbers));
}

Input Neighbourhood::dropout(const Input& x, const Dropout& drop) const {
  return x.is_sparse() ? mercer::dropout(x, drop) : Input(dropout(x.dense(), drop));
}

Variable Neighbourhood::mean(const Variable& x) const {
  if (const Partitioned* own = partitioned()) return mean_over_parts(*own, x);
  if (const auto* segments = std::get_if<Segments>(&topology_)) return mean_of_segments(*segments, x);
  return mean_of_rows(x);
}

}  // namespace mercer
