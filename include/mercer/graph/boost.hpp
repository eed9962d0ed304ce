#pragma once

#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/iterator_facade.hpp>
#include <boost/iterator/transform_iterator.hpp>
#include <boost/property_map/property_map.hpp>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/graph/edge_list.hpp"
#include "mercer/graph/graph.hpp"

/// A Graph as one of Boost.Graph, without a copy. It needs Boost's headers, which a project finds for itself
/// (find_package(Boost)); mercer.hpp doesn't include it. Boost's edge goes from source to target as Mercer's does:
/// out-edges are rows of the transpose, in-edges rows of the adjacency.
///
///     const BoostView g(graph);
///     std::vector<Node> component(num_vertices(g));
///     boost::connected_components(g, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index,
///     g)));
namespace mercer {

/// Edge source → target with its slot in the adjacency.
struct BoostEdge {
  Node source = 0, target = 0;
  Edge slot = 0;
  friend bool operator==(const BoostEdge& a, const BoostEdge& b) { return a.slot == b.slot; }
  friend bool operator!=(const BoostEdge& a, const BoostEdge& b) { return a.slot != b.slot; }
  friend bool operator<(const BoostEdge& a, const BoostEdge& b) { return a.slot < b.slot; }
};

/// Slots of edges, and their weights by slot: 1 where there are none.
struct BoostEdgeIndex : boost::put_get_helper<std::size_t, BoostEdgeIndex> {
  using category = boost::readable_property_map_tag;
  using value_type = std::size_t;
  using reference = std::size_t;
  using key_type = BoostEdge;
  std::size_t operator[](const BoostEdge& e) const { return static_cast<std::size_t>(e.slot); }
};
struct BoostWeights : boost::put_get_helper<Real, BoostWeights> {
  using category = boost::readable_property_map_tag;
  using value_type = Real;
  using reference = Real;
  using key_type = BoostEdge;
  std::span<const Real> weights{};
  Real operator[](const BoostEdge& e) const { return weights.empty() ? 1 : weights[static_cast<std::size_t>(e.slot)]; }
};

/// Models VertexListGraph, EdgeListGraph, BidirectionalGraph (so IncidenceGraph) and AdjacencyGraph. Shares the graph;
/// the weights [edges], by slot, must outlive the view. A square graph that is no part of one; else throws ShapeError.
class BoostView {
 public:
  BoostView() = default;
  explicit BoostView(Graph graph, std::span<const Real> weights = {}) : graph_(std::move(graph)), weights_(weights) {
    expect("BoostView", {{"columns", graph_.columns(), graph_.rows()},
                         {"edges of the transpose", graph_.transpose().edges(), graph_.edges()},
                         {"weights", weights.empty() ? graph_.edges() : std::ssize(weights), graph_.edges()}});
  }

  const Graph& graph() const& { return graph_; }
  std::span<const Real> weights() const { return weights_; }

  using vertex_descriptor = Node;
  using edge_descriptor = BoostEdge;
  using directed_category = boost::directed_tag;
  using edge_parallel_category = boost::allow_parallel_edge_tag;
  struct traversal_category : boost::bidirectional_graph_tag,
                              boost::vertex_list_graph_tag,
                              boost::edge_list_graph_tag,
                              boost::adjacency_graph_tag {};
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;

  static Node null_vertex() { return -1; }

  /// The edge at a place of a row of the transpose, out of `own`, or of the adjacency, into it.
  template <bool Out>
  struct EdgeAt {
    const Node* neighbour = nullptr;
    const Edge* slots = nullptr;
    Node own = 0;

    BoostEdge operator()(Edge place) const {
      if constexpr (Out) return {own, neighbour[place], slots[place]};
      return {neighbour[place], own, place};
    }
  };

  /// All edges, by target.
  class AllEdges
      : public boost::iterator_facade<AllEdges, BoostEdge, boost::forward_traversal_tag, BoostEdge, std::ptrdiff_t> {
   public:
    AllEdges() = default;
    AllEdges(CsrView g, Edge slot) : g_(g), slot_(slot) { skip_empty(); }

   private:
    friend class boost::iterator_core_access;
    BoostEdge dereference() const { return {g_.neighbour[slot_], row_, slot_}; }
    bool equal(const AllEdges& other) const { return slot_ == other.slot_; }
    void increment() {
      ++slot_;
      skip_empty();
    }
    void skip_empty() {
      while (row_ < g_.rows && g_.offset[row_ + 1] <= slot_)
        ++row_;
    }

    CsrView g_{};
    Edge slot_ = 0;
    Node row_ = 0;
  };

  using vertex_iterator = boost::counting_iterator<Node>;
  using edge_iterator = AllEdges;
  using out_edge_iterator = boost::transform_iterator<EdgeAt<true>, boost::counting_iterator<Edge>>;
  using in_edge_iterator = boost::transform_iterator<EdgeAt<false>, boost::counting_iterator<Edge>>;
  using adjacency_iterator = const Node*;

  // found by their argument, so that their names stay free
  friend Node source(const BoostEdge& e, const BoostView&) { return e.source; }
  friend Node target(const BoostEdge& e, const BoostView&) { return e.target; }
  friend std::size_t num_vertices(const BoostView& g) { return static_cast<std::size_t>(g.graph().rows()); }
  friend std::size_t num_edges(const BoostView& g) { return static_cast<std::size_t>(g.graph().edges()); }

  friend std::pair<BoostView::vertex_iterator, BoostView::vertex_iterator> vertices(const BoostView& g) {
    return {BoostView::vertex_iterator(0), BoostView::vertex_iterator(static_cast<Node>(g.graph().rows()))};
  }
  friend std::pair<BoostView::edge_iterator, BoostView::edge_iterator> edges(const BoostView& g) {
    return {{g.graph().adjacency(), 0}, {g.graph().adjacency(), g.graph().edges()}};
  }
  friend std::pair<BoostView::out_edge_iterator, BoostView::out_edge_iterator> out_edges(Node v, const BoostView& g) {
    const CsrView rows = g.graph().transpose();
    return row_of<BoostView::out_edge_iterator>(rows, v, EdgeAt<true>{rows.neighbour, g.graph().slots().data(), v});
  }
  friend std::pair<BoostView::in_edge_iterator, BoostView::in_edge_iterator> in_edges(Node v, const BoostView& g) {
    const CsrView rows = g.graph().adjacency();
    return row_of<BoostView::in_edge_iterator>(rows, v, EdgeAt<false>{rows.neighbour, nullptr, v});
  }
  friend std::pair<const Node*, const Node*> adjacent_vertices(Node v, const BoostView& g) {
    const CsrView rows = g.graph().transpose();
    return {rows.neighbour + rows.offset[v], rows.neighbour + rows.offset[v + 1]};
  }
  friend std::size_t out_degree(Node v, const BoostView& g) {
    return static_cast<std::size_t>(g.graph().transpose().degree(v));
  }
  friend std::size_t in_degree(Node v, const BoostView& g) {
    return static_cast<std::size_t>(g.graph().adjacency().degree(v));
  }
  friend std::size_t degree(Node v, const BoostView& g) { return in_degree(v, g) + out_degree(v, g); }

  friend boost::typed_identity_property_map<Node> get(boost::vertex_index_t, const BoostView&) { return {}; }
  friend BoostEdgeIndex get(boost::edge_index_t, const BoostView&) { return {}; }
  friend BoostWeights get(boost::edge_weight_t, const BoostView& g) {
    BoostWeights map;
    map.weights = g.weights();
    return map;
  }
  friend Node get(boost::vertex_index_t, const BoostView&, Node v) { return v; }
  friend std::size_t get(boost::edge_index_t, const BoostView& g, const BoostEdge& e) {
    return get(boost::edge_index, g)[e];
  }
  friend Real get(boost::edge_weight_t, const BoostView& g, const BoostEdge& e) {
    return get(boost::edge_weight, g)[e];
  }

 private:
  template <class Iterator, class At>
  static std::pair<Iterator, Iterator> row_of(CsrView rows, Node v, const At& edge) {
    return {Iterator(boost::counting_iterator<Edge>(rows.offset[v]), edge),
            Iterator(boost::counting_iterator<Edge>(rows.offset[v + 1]), edge)};
  }

  Graph graph_;
  std::span<const Real> weights_;
};

/// The edges of a graph of Boost (VertexListGraph and EdgeListGraph with a vertex_index): slot[e] is that of the e-th
/// edge of edges(g). An edge of an undirected graph counts in both directions, the other one after all of these.
template <class BoostGraph>
GivenEdges edges_of_boost(const BoostGraph& g, Duplicates duplicates = Duplicates::merge) {
  using Traits = boost::graph_traits<BoostGraph>;
  const auto index = get(boost::vertex_index, g);
  std::vector<Node> from, to;
  for (auto [e, end] = edges(g); e != end; ++e) {
    from.push_back(static_cast<Node>(get(index, source(*e, g))));
    to.push_back(static_cast<Node>(get(index, target(*e, g))));
  }
  if constexpr (std::is_convertible_v<typename Traits::directed_category, boost::undirected_tag>) {
    const std::size_t given = from.size();
    for (std::size_t e = 0; e < given; ++e)
      if (from[e] != to[e]) {
        from.push_back(to[e]);
        to.push_back(from[e]);
      }
  }
  return edge_list(static_cast<Index>(num_vertices(g)), from, to, duplicates);
}

}  // namespace mercer

namespace boost {

template <>
struct property_map<mercer::BoostView, vertex_index_t> {
  using type = typed_identity_property_map<mercer::Node>;
  using const_type = type;
};
template <>
struct property_map<mercer::BoostView, edge_index_t> {
  using type = mercer::BoostEdgeIndex;
  using const_type = type;
};
template <>
struct property_map<mercer::BoostView, edge_weight_t> {
  using type = mercer::BoostWeights;
  using const_type = type;
};

}  // namespace boost
