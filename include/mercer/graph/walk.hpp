#pragma once

#include <cstdint>
#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

struct WalkOptions {
  Index walks = 100;  // from every node
  Index length = 4;   // steps of each; a walk that comes to a node without neighbours stays there
  std::uint64_t seed = 0;
};

/// How alike the surroundings of the two ends of each edge are: w_ij = cos(f_i, f_j), f_i the number of visits of
/// random walks from i to every node, i itself included; [edges], in [0, 1]. The walks of a node depend on the seed and
/// its number alone. GKAT's kernel on graphs (Choromanski et al., From block-Toeplitz matrices to differential
/// equations on graphs, ICML 2022; spec: Kernel Transformers, section 8). g must be square. Throws ShapeError,
/// ValueError.
std::vector<Real> walk_similarity(CsrView g, const WalkOptions& options = {});

}  // namespace mercer
