#include "mercer/graph/boost.hpp"

#include <doctest/doctest.h>

#include <boost/concept/assert.hpp>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/strong_components.hpp>
#include <vector>

#include "mercer/graph/build.hpp"
#include "support/refused.hpp"

using namespace mercer;

namespace {

// node 3 alone; 0 → 1 → 2 → 0 a ring, 2 → 4
const std::vector<Node> from_nodes{0, 1, 2, 2, 0}, to_nodes{1, 2, 0, 4, 4};

template <class Values>
auto map_of(Values& values, const BoostView& g) {
  return boost::make_iterator_property_map(values.begin(), get(boost::vertex_index, g));
}

}  // namespace

TEST_CASE("a view models the concepts of Boost.Graph") {
  BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<BoostView>));
  BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<BoostView>));
  BOOST_CONCEPT_ASSERT((boost::IncidenceGraphConcept<BoostView>));
  BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<BoostView>));
  BOOST_CONCEPT_ASSERT((boost::AdjacencyGraphConcept<BoostView>));
  BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<BoostView, Node, boost::vertex_index_t>));
  BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<BoostView, BoostEdge, boost::edge_index_t>));
  BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<BoostView, BoostEdge, boost::edge_weight_t>));
}

TEST_CASE("searches of Boost.Graph run on a graph of ours") {
  const GivenEdges given = edge_list(5, from_nodes, to_nodes);
  std::vector<Real> weight(from_nodes.size());
  const std::vector<Real> of_given{1, 2, 3, 1, 9};
  for (std::size_t e = 0; e < weight.size(); ++e)
    weight[static_cast<std::size_t>(given.slot[e])] = of_given[e];
  const BoostView g(Graph(given.adjacency), weight);
  CHECK((num_vertices(g) == 5 && num_edges(g) == 5 && out_degree(2, g) == 2 && in_degree(4, g) == 2));

  std::vector<Real> distance(5);
  boost::dijkstra_shortest_paths(g, Node{0}, boost::distance_map(map_of(distance, g)));
  CHECK(distance[2] == 3);
  CHECK(distance[4] == 4);

  std::vector<Node> component(5);
  CHECK(boost::strong_components(g, map_of(component, g)) == 3);
  CHECK(component[0] == component[2]);
  CHECK(component[0] != component[4]);

  std::vector<int> steps(5, 0);
  boost::breadth_first_search(
      g, Node{1},
      boost::visitor(boost::make_bfs_visitor(boost::record_distances(map_of(steps, g), boost::on_tree_edge()))));
  CHECK(steps == std::vector<int>{2, 0, 1, 0, 2});

  const BoostView both(Graph(symmetrised(given.adjacency)));
  CHECK(boost::connected_components(both, map_of(component, both)) == 2);
  CHECK(component == std::vector<Node>{0, 0, 0, 1, 0});
}

TEST_CASE("edges of a view and of a graph of Boost come back to the same list") {
  const GivenEdges given = edge_list(5, from_nodes, to_nodes);
  CHECK(edges_of_boost(BoostView(Graph(given.adjacency))).adjacency == given.adjacency);
  boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> directed(5);
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> undirected(5);
  for (std::size_t e = 0; e < from_nodes.size(); ++e) {
    add_edge(static_cast<std::size_t>(from_nodes[e]), static_cast<std::size_t>(to_nodes[e]), directed);
    add_edge(static_cast<std::size_t>(from_nodes[e]), static_cast<std::size_t>(to_nodes[e]), undirected);
  }
  CHECK(edges_of_boost(directed).adjacency == given.adjacency);
  CHECK(edges_of_boost(undirected).adjacency == symmetrised(given.adjacency));
}

TEST_CASE("a view refuses rectangles and weights of another number") {
  const std::vector<Real> weight{1};
  CHECK_THROWS_AS(BoostView(Graph(Csr(1, 2, {0, 1}, {1}))), ShapeError);
  CHECK_THROWS_AS(BoostView(Graph(Csr(2, 2, {0, 1, 2}, {1, 0})), weight), ShapeError);
}
