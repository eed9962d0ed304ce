#pragma once

#include "mercer/tensor/view.hpp"

/// Products of many small matrices on the CPU. `count` matrices [r, c] are one of [count*r, c].
namespace mercer::cpu {

/// y_n = a_n b_n; a [count*r, m], b [count*m, c], y [count*r, c].
void stacked_matmul(ConstView a, ConstView b, Index count, View y);
/// da_n = dy_n b_nᵀ, db_n = a_nᵀ dy_n.
void stacked_matmul_backward(ConstView a, ConstView b, Index count, ConstView dy, View da, View db);

}  // namespace mercer::cpu
