// Algorithms of Boost.Graph on a graph of Mercer's without a copy, and a graph of Boost's in Mercer.
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <cstdio>
#include <mercer/graph/boost.hpp>
#include <mercer/mercer.hpp>
#include <vector>

int main() {
  using namespace mercer;

  // there: who is how far from the first member of the club
  const BoostView club{Graph(karate().graph)};
  std::vector<Real> distance(num_vertices(club));
  std::vector<Node> component(num_vertices(club));
  const auto index = get(boost::vertex_index, club);
  boost::dijkstra_shortest_paths(club, Node{0},
                                 boost::distance_map(boost::make_iterator_property_map(distance.begin(), index)));
  const int parts = boost::connected_components(club, boost::make_iterator_property_map(component.begin(), index));
  std::printf("components %d, member 16 is %.0f steps away\n", parts, static_cast<double>(distance[16]));

  // and back: a ring of Boost's, over which nodes attend
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> ring(5);
  for (std::size_t i = 0; i < 5; ++i)
    add_edge(i, (i + 1) % 5, ring);
  const Graph graph(edges_of_boost(ring).adjacency);
  const Tensor x = Tensor::filled(5, 2, 1);
  const Tensor y = attend(graph, Gaussian{}, Variable(x), Variable(x), Variable(x)).value();
  std::printf("edges %lld, y of node 0: %.0f\n", static_cast<long long>(graph.edges()), static_cast<double>(y(0, 0)));
}
