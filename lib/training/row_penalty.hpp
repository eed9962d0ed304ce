#pragma once

#include <span>
#include <vector>

#include "mercer/tensor/view.hpp"

namespace mercer {

/// Each row x of `rows` becomes argmin_a ½ Σ_c (a_c − x_c)² / s_c + λ ‖a‖₂, where s are step sizes: those of `steps`,
/// of the size of `rows`. Of equal ones this is the soft threshold a = max(0, 1 − sλ / ‖x‖) x. On the CPU.
void shrink_rows(View rows, ConstView steps, double lambda);

}  // namespace mercer
