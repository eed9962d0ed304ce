#pragma once

#include <vector>

#include "mercer/graph/csr.hpp"

namespace mercer {

/// The probability that a random walk from node i is at i after 1 … `steps` steps: diag(Pᵏ), P = D⁻¹ A, row by row,
/// [n, steps]. Loops are not walked; a node without other neighbours has zeros
/// (Dwivedi et al., Graph Neural Networks with Learnable Structural and Positional Representations, ICLR 2022, equation
/// 13).
/// Exact, in sparse products: a walk of k steps is ⌈k/2⌉ steps from i and the same way back, since
/// P^b_ji = P^b_ij d_i / d_j. Time is that of the edges within ⌈steps/2⌉ steps of every node; memory is the result's
/// and 16 bytes a node for each thread. The same bits on any number of threads. Throws ShapeError unless g is square,
/// ValueError unless it is symmetric and steps are 1 to 1000.
std::vector<double> return_probabilities(CsrView g, Index steps);

}  // namespace mercer
