#include <iostream>
#include <vector>

#include "mercer/graph/build.hpp"

using namespace mercer;

int main() {
  // what README.md shows begins here
  const Csr path = from_edges(4, std::vector<NodePair>{{0, 1}, {1, 2}, {2, 3}});
  const Graph graph(symmetrised(path));
  std::cout << graph.edges() << " edge slots\n";
  // and ends here
}
