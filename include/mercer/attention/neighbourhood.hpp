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
  Variable degree{};    // [sources, 1]  of a block: Σ of the weights into each source in the graph (full_blocks.hpp)
  Variable features{};  // [edges, f]
};

/// The argument of attention and its layers: a topology, an execution, and facts about the edges. Graphs, blocks and
/// segments convert to neighbourhoods. Of a new graph, write braces: Neighbourhood near{Graph{adjacency}}. With round
/// brackets C++ takes that line for the declaration of a function.
class Neighbourhood {
 public:
  /// Throws ValueError when the execution can't run the topology (see Execution), or for edge facts with segments;
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

  /// A streamed neighbourhood. Throws as above.
  Neighbourhood streamed(std::size_t device_bytes) const;
  /// The neighbourhood of a part of this whole graph, with the facts of its edges; weights have no gradient there.
  /// Throws ValueError unless this is a whole graph on the CPU with the number of nodes that the part names.
  Neighbourhood part(Partitioned own) const;
  /// The reversed edges, without their facts. Throws ValueError on a part, a block and causal segments.
  Neighbourhood reversed() const;

  const Topology& topology() const& { return topology_; }
  const Execution& execution() const& { return execution_; }
  const EdgeFacts& facts() const& { return *facts_; }
  /// Throws ValueError when the topology is not a graph.
  const Graph& graph() const&;
  const Partitioned* partitioned() const& { return std::get_if<Partitioned>(&execution_); }  // null: not partitioned
  const Streamed* streamed() const& { return std::get_if<Streamed>(&execution_); }           // null: not streamed
  TopologyView view() const&;
  // Of a temporary: by value, or refused where it would dangle.
  Topology topology() && { return std::move(topology_); }
  Execution execution() && { return std::move(execution_); }
  EdgeFacts facts() && { return *facts_; }
  Graph graph() && { return std::as_const(*this).graph(); }
  const Partitioned* partitioned() const&& = delete;
  const Streamed* streamed() const&& = delete;
  TopologyView view() const&& = delete;

  Index rows() const { return view().adjacency.rows; }  // targets
  Index columns() const;                                // sources; on a part its own rows
  Edge edges() const { return view().adjacency.edges(); }

  /// The rows of x that belong to the sources.
  Variable sources(const Variable& x) const { return x; }
  /// The rows of x, given for the sources, that belong to the targets: all rows; on a block the first ones. Throws
  /// ValueError for segments whose targets are not their sources.
  Variable targets(const Variable& x) const;
  Input targets(const Input& x) const;

  /// The dropout of x, given for the sources, or on a block for its targets. Rows of a block with an origin have the
  /// draws of their nodes in the whole graph. Sparse features know theirs when they are SparseMatrix::rows of the
  /// origin's nodes.
  Variable dropout(const Variable& x, const Dropout& drop) const;
  Input dropout(const Input& x, const Dropout& drop) const;

  /// (1/n) Σ_i x_i [1, d] over all n nodes, also those of other parts: every part must call it. On a block over its
  /// sources. On segments a row for each segment, [segments, d]; zeros for an empty one.
  Variable mean(const Variable& x) const;

 private:
  static const std::shared_ptr<const EdgeFacts>& no_facts();
  /// True when the targets are the sources, in the same order.
  bool targets_are_sources() const;

  Topology topology_;
  Execution execution_;
  std::shared_ptr<const EdgeFacts> facts_ = no_facts();
};

}  // namespace mercer
