#pragma once

#include <span>

#include "mercer/base/types.hpp"
#include "mercer/tensor/view.hpp"

/// Sums over the rows of segments whose weights follow from the offset of two rows alone, by FFT in double. Segment s
/// has the rows offset[s] … offset[s + 1] − 1. w [2 L + 1, h]: row L + i − j is the weight of i and j, L at least the
/// longest segment less 1. Time O(n log n h d e), memory of the operands' size. On the CPU.
namespace mercer::cpu {

/// y_i = Σ_j w_{i−j} ⟨a_i, b_j⟩ c_j for each head; a, b [n, h*d], c, y [n, h*e].
void toeplitz_sums(std::span<const Index> offset, Index heads, ConstView w, ConstView a, ConstView b, ConstView c,
                   View y);
/// dw_r = Σ_{i−j=r} ⟨a_i, b_j⟩ ⟨dy_i, c_j⟩
void toeplitz_gradient(std::span<const Index> offset, Index heads, ConstView a, ConstView b, ConstView c, ConstView dy,
                       View dw);

}  // namespace mercer::cpu
