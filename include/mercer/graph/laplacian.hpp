#pragma once

#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

struct LaplacianEigenvectors {
  std::vector<double> values;   // [count], ascending, in (0, 2]
  std::vector<double> vectors;  // [nodes, count], row by row; each vector has length 1
};

/// The eigenvectors of L = I − D^-½ A D^-½ with the `count` smallest eigenvalues above 0, for positions of nodes
/// (Dwivedi and Bresson, A Generalization of Transformer Networks to Graphs, 2021, section 2.3). Loops don't count. The
/// eigenvalue 0, once for each component, says no more than degrees and is left out; a node without other neighbours is
/// a component of its own and has zeros. Signs: of each vector's entries the first whose size is the largest (to 6
/// digits) is positive. An eigenvalue that stands k times in the spectrum stands k times here; of the bases of its
/// space one is taken, always the same.
/// Restarted Lanczos from a fixed start, without L as a matrix: time is that of a few hundred products with A, more
/// when the graph is long and thin; memory about 3 count + 40 numbers a node. The same bits on any number of threads.
/// Throws ShapeError unless g is square, ValueError unless it is symmetric and 1 ≤ count ≤ nodes − components, and when
/// the iteration does not converge.
LaplacianEigenvectors laplacian_eigenvectors(CsrView g, Index count);

}  // namespace mercer
