#pragma once

#include "backend/cuda/product.cuh"
#include "mercer/tensor/view.hpp"

/// Products of rows with the matrix of each head: x [n, h*d]; w: h matrices [d, M], stacked as [h*d, M]; u [n, h*M].
namespace mercer::cuda {

/// Columns of one head side by side, rows of all heads.
inline Factor rows_of_heads(ConstView x, Index heads) { return {x.data, x.columns, 1, x.columns / heads}; }
inline Factor transposed(const Factor& x) { return {x.data, x.column, x.row, x.head}; }

/// u_ih = x_ih W_h
inline void head_times(const char* op, ConstView x, ConstView w, Index heads, View u) {
  const Index d = x.columns / heads, M = w.columns;
  gemm_tiled(op, {x.rows, d, M, heads}, rows_of_heads(x, heads), {w.data, M, 1, d * M}, {u.data, u.columns, M});
}

/// dx_ih = du_ih W_hᵀ, or += when `add`
inline void head_times_backward_x(const char* op, ConstView du, ConstView w, Index heads, bool add, View dx) {
  const Index d = dx.columns / heads, M = w.columns;
  gemm_tiled(op, {dx.rows, M, d, heads}, rows_of_heads(du, heads), {w.data, 1, M, d * M},
             {dx.data, dx.columns, d, add});
}

/// dW_h = Σ_i x_ihᵀ du_ih, or += when `add`
inline void head_times_backward_w(const char* op, ConstView x, ConstView du, Index heads, bool add, View dw) {
  const Index d = x.columns / heads, M = dw.columns;
  gemm_tiled(op, {d, x.rows, M, heads}, transposed(rows_of_heads(x, heads)), rows_of_heads(du, heads),
             {dw.data, M, d * M, add});
}

}  // namespace mercer::cuda
