#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "mercer/attention/execution.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/graph/topology.hpp"

namespace mercer {

/// What is known of every edge, in the order of the adjacency; layers take what they say they do, and refuse the rest.
struct EdgeFacts {
  std::vector<Node> type{};  // [edges]  0 … types − 1: a relation, a number of steps
  Index types = 0;
  Variable weight{};    // [edges, 1], ≥ 0
  Variable features{};  // [edges, f]
};

/// What attention and its layers see: who attends to whom, how it is run, and what is known of every edge. A graph, a
/// block and segments are neighbourhoods by themselves.
class Neighbourhood {
 public:
  /// Throws ValueError when the execution can't run the topology (see Execution) or segments are given facts of edges;
  /// ShapeError and ValueError when facts don't fit the edges.
  Neighbourhood(Topology topology, Execution execution = Local{}, EdgeFacts facts = {});
  Neighbourhood(Graph graph, EdgeFacts facts = {})
      : Neighbourhood(Topology(std::move(graph)), Local{}, std::move(facts)) {}
  /// Throws ValueError when the neighbours of a row do not ascend: sorted_rows (edge_list.hpp) sorts them and says
  /// where each went; a Graph keeps any order.
  explicit Neighbourhood(Csr adjacency, EdgeFacts facts = {});
  Neighbourhood(Block block, EdgeFacts facts = {})
      : Neighbourhood(Topology(std::move(block)), Local{}, std::move(facts)) {}
  Neighbourhood(Segments segments) : Neighbourhood(Topology(std::move(segments))) {}
  /// One part of a graph (see partitioned): targets and sources are its own rows.
  Neighbourhood(Partitioned part, EdgeFacts facts = {});

  /// The same, streamed. Throws as above.
  Neighbourhood streamed(std::size_t device_bytes) const;
  /// What the rows of a part see of this whole graph. Facts of their edges come along, weights without a gradient.
  /// Throws ValueError unless this is a whole graph on the CPU with as many rows as that is a part of.
  Neighbourhood part(Partitioned own) const;
  /// The edges turned round, without their facts. Throws ValueError on a part, a block and causal segments.
  Neighbourhood reversed() const;

  const Topology& topology() const { return topology_; }
  const Execution& execution() const { return execution_; }
  const EdgeFacts& facts() const { return *facts_; }
  /// Throws ValueError when it is another topology.
  const Graph& graph() const;
  const Partitioned* partitioned() const { return std::get_if<Partitioned>(&execution_); }  // null: whole
  const Streamed* streamed() const { return std::get_if<Streamed>(&execution_); }           // null: not streamed
  TopologyView view() const;

  Index rows() const { return view().adjacency.rows; }  // targets
  Index columns() const;                                // sources; of a part its own rows
  Edge edges() const { return view().adjacency.edges(); }

  /// Of values of nodes, those of the sources.
  Variable sources(const Variable& x) const { return x; }
  /// Of values of the sources, those of the targets: all of them, of a block the first rows. Throws ValueError for
  /// segments whose targets are not their sources.
  Variable targets(const Variable& x) const;
  Input targets(const Input& x) const;

  /// (1/n) Σ_i x_i [1, d] over all n nodes, those of other parts, too: every part then has to ask. Of a block over its
  /// sources. Of segments one row for each, [segments, d]; zeros of an empty one.
  Variable mean(const Variable& x) const;

 private:
  static const std::shared_ptr<const EdgeFacts>& no_facts();
  /// Are the targets, in their order, the sources?
  bool targets_are_sources() const;

  Topology topology_;
  Execution execution_;
  std::shared_ptr<const EdgeFacts> facts_ = no_facts();
};

}  // namespace mercer
