#pragma once

#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

/// The smallest node of each node's component in a symmetric graph, on all threads.
std::vector<Node> roots_of_components(CsrView g);

}  // namespace mercer
