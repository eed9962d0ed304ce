#pragma once

#include <optional>

#include "mercer/kernel/any_kernel.hpp"
#include "mercer/tensor/sparse_matrix.hpp"

namespace mercer {

/// κ(c x_i, c z_l) [rows of x, rows of z] of sparse rows, from products of nonzeros; nothing for a kernel that is no
/// function of ⟨x, z⟩ or ‖x − z‖², or none of the catalogue. On the CPU.
std::optional<Tensor> kernel_matrix(const AnyKernel& kernel, const SparseMatrix& x, const Tensor& z, Real c);

}  // namespace mercer
