// A graph from a list of edges, and what is known of it at once.
#include <iostream>
#include <vector>

#include <mercer/graph/build.hpp>
#include <mercer/graph/inspect.hpp>

int main() {
  const std::vector<mercer::NodePair> friends{{0, 1}, {0, 2}, {1, 2}, {3, 4}};
  const mercer::Csr listed = mercer::from_edges(6, friends);
  const mercer::Csr graph = mercer::symmetrised(listed);
  const mercer::Components parts = mercer::components(graph);
  std::cout << graph.rows() << " nodes, " << graph.edges() << " edge slots, " << parts.count << " components\n";
}
