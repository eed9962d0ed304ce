#pragma once

#include <span>

#include "mercer/base/types.hpp"
#include "mercer/tensor/view.hpp"

/// Convolutions over the rows of segments on the CPU, with a tap for each offset and head.
namespace mercer::cpu {

/// y_i = Σ_t w_t ∘ v_{i + t − T/2} over the rows of i's segment: w [T, h] with odd T, v and y [n, h*d].
void convolved_rows(std::span<const Index> offset, ConstView w, ConstView v, View y);
/// dv [n, h*d] and dw [T, h], both overwritten.
void convolved_rows_backward(std::span<const Index> offset, ConstView w, ConstView v, ConstView dy, View dv, View dw);

}  // namespace mercer::cpu
