#include "backend/cuda/columns.cuh"
#include "backend/cuda/draws.cuh"
#include "backend/dense_ops.hpp"

namespace mercer::cuda {
namespace {

/// A matrix compressed by the dimension that becomes the rows of the product. `place` is null when values are in order.
struct Compressed {
  Index rows;
  const Edge* offset;
  const Node* other;
  const Edge* place;
  const Real* value;
};

/// y_i = Σ_e value_e w_other(e). The warps of a block share one row and take its pieces of 32 nonzeros in turn, one
/// nonzero a lane. Their sums are added in the order of the warps.
template <int count>
__global__ void __launch_bounds__(threads_of_block, 2) gather_sums(Compressed x, ConstView w, View y) {
  MERCER_SHARED(Real, sums_of_warps);  // [warps, columns of the panel]
  const int lane = static_cast<int>(threadIdx.x) % warp, mine = static_cast<int>(threadIdx.x) / warp;
  const int warps = static_cast<int>(blockDim.x) / warp;
  const Columns<count> columns(lane, static_cast<int>(blockIdx.y), static_cast<int>(y.columns));
  const Index i = blockIdx.x;
  Sums<count> sums;
  const Edge first = __ldg(x.offset + i), last = __ldg(x.offset + i + 1);
  for (Edge piece = first + mine * warp; piece < last; piece += warps * warp) {
    const Edge e = piece + lane;
    const Real values = e < last ? __ldg(x.value + (x.place != nullptr ? __ldg(x.place + e) : e)) : Real(0);
    const Node others = e < last ? __ldg(x.other + e) : 0;
    const int there = static_cast<int>(last - piece < warp ? last - piece : warp);
    for (int k = 0; k < there; k += columns.sides) {
      const int from_lane = k + columns.side;  // < 32: there are 1, 2, 4 … sides
      const Real value = __shfl_sync(every_lane, values, from_lane);
      const Node other = __shfl_sync(every_lane, others, from_lane);
      if (from_lane >= there) continue;
      const Real* from = w.row(other);
      sums.each(columns, [&](int, int column, Real* sum) {
        const Pack<count> row = load<count>(from + column);
#pragma unroll
        for (int n = 0; n < count; ++n)
          sum[n] += value * row.x[n];
      });
    }
  }
  sums.merge(columns);
  if (columns.side == 0)
    sums.each(columns, [&](int, int column, Real* sum) {
      for (int n = 0; n < count; ++n)
        sums_of_warps[mine * panel + column - columns.first + n] = sum[n];
    });
  __syncthreads();
  for (int c = static_cast<int>(threadIdx.x); c < columns.end - columns.first; c += static_cast<int>(blockDim.x)) {
    Real sum = 0;
    for (int of = 0; of < warps; ++of)
      sum += sums_of_warps[of * panel + c];
    __stcs(&y(i, columns.first + c), sum);
  }
}

void gather(const char* op, const Compressed& x, ConstView w, View y, int warps) {
  if (y.size() == 0) return;
  const Index panels = (y.columns + panel - 1) / panel;
  launch(op, {{x.rows, panels}, warps * warp, static_cast<std::size_t>(warps * panel) * sizeof(Real)},
         by_fours(y.columns) ? gather_sums<4> : gather_sums<1>, x, w, y);
}

/// One warp, or eight when rows are long.
int warps_for(const SparseView& x, Index rows) { return x.nonzeros > 128 * rows ? 8 : 1; }

}  // namespace

void sparse_gemm(SparseView x, ConstView w, View y) {
  gather("sparse_gemm", {x.rows, x.offset, x.column, nullptr, x.value}, w, y, warps_for(x, x.rows));
}

void sparse_gemm_transposed(SparseView x, ConstView dy, View dw) {
  gather("sparse_gemm_transposed", {x.columns, x.column_offset, x.row, x.place, x.value}, dy, dw,
         warps_for(x, x.columns));
}

/// Dropped nonzeros stay in place as 0, so that all masks share the arrays by rows and by columns.
SparseMatrix sparse_dropout(const SparseMatrix& from, const Dropout& drop) {
  const SparseView x = from.view();
  Buffer values(static_cast<std::size_t>(x.nonzeros) * sizeof(Real), Device::cuda);
  auto* to = static_cast<Real*>(values.data());
  if (x.first_of_row != nullptr) {
    for_each("dropout", x.nonzeros, [=] MERCER_HD(Index n) {
      const Edge e = x.place[n], number = x.number(x.row[n], e);
      const unsigned kept = kept_of_elements(drop, number / 8);
      to[e] = (kept >> (number % 8) & 1u) != 0 ? x.value[e] * drop.scale() : Real(0);
    });
    return from.with_values(std::move(values));
  }
  const Edge late = x.first_nonzero % 8;  // the first nonzero of a part may be inside a draw
  for_each("dropout", (late + x.nonzeros + 7) / 8, [=] MERCER_HD(Index n) {
    const unsigned kept = kept_of_elements(drop, x.first_nonzero / 8 + n);
    for (int part = 0; part < 8; ++part)
      if (const Edge e = 8 * n + part - late; e >= 0 && e < x.nonzeros)
        to[e] = (kept >> part & 1u) != 0 ? x.value[e] * drop.scale() : Real(0);
  });
  return from.with_values(std::move(values));
}

}  // namespace mercer::cuda
