#pragma once

#include <cstdint>
#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

struct WalkOptions {
  Index walks = 100;  // from every node
  Index length = 4;   // steps of each walk; at a node without neighbours a walk stays
  std::uint64_t seed = 0;
};

/// The similarity of the surroundings of i and j for each edge: w_ij = cos(f_i, f_j), [edges], in [0, 1]. f_i counts
/// the visits of random walks from i to each node, i included. The walks of a node depend only on the seed and its
/// number. GKAT's kernel on graphs (Choromanski et al., From block-Toeplitz matrices to differential equations on
/// graphs, ICML 2022). Throws ShapeError unless g is square, ValueError on negative options.
std::vector<Real> walk_similarity(CsrView g, const WalkOptions& options = {});

}  // namespace mercer
