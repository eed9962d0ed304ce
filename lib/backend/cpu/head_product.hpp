#pragma once

#include <array>

#include "mercer/kernel/loops/components.hpp"
#include "mercer/tensor/view.hpp"

/// Products of the heads of a row with their matrices: h matrices [d, M], stacked as [h*d, M].
namespace mercer::cpu {

struct HeadSizes {
  Index heads, d, count;  // h, d, M
};

inline HeadSizes head_sizes(ConstView x, ConstView w, Index heads) { return {heads, x.columns / heads, w.columns}; }

/// u_m = Σ_c x_c w_cm; x [d], w [d, M].
inline void head_times(const Real* x, const Real* w, const HeadSizes& n, Real* u) {
  std::fill_n(u, n.count, Real(0));
  add_components(u, n.count, 0, static_cast<int>(n.d),
                 [&]<class R>(int c, Index m) -> R { return x[c] * load<R>(w + c * n.count + m); });
}

/// Columns m … of u_rm = Σ_c x_rc w_cm, `count` vectors (or values) of `rows` rows, which read w once together.
template <class R, int rows, int count>
inline void head_times_piece(ConstView x, const Real* w, const HeadSizes& n, View u, Index m) {
  constexpr Index step = sizeof(R) / sizeof(Real);
  R sum[rows][count] = {};
  for (Index c = 0; c < n.d; ++c)
    for (int p = 0; p < count; ++p) {
      const R column = load<R>(w + c * n.count + m + p * step);
      for (int r = 0; r < rows; ++r)
        sum[r][p] += x.row(r)[c] * column;
    }
  for (int r = 0; r < rows; ++r)
    for (int p = 0; p < count; ++p)
      store(u.row(r) + m + p * step, sum[r][p]);
}

/// As head_times, each sum in the same order, for `rows` rows of the matrices x and u, which start at one head.
template <int rows>
inline void head_times_rows(ConstView x, const Real* w, const HeadSizes& n, View u) {
  Index m = 0;
  for (; m + 2 * lane_count <= n.count; m += 2 * lane_count)
    head_times_piece<Lanes, rows, 2>(x, w, n, u, m);
  for (; m + lane_count <= n.count; m += lane_count)
    head_times_piece<Lanes, rows, 1>(x, w, n, u, m);
  for (; m < n.count; ++m)
    head_times_piece<Real, rows, 1>(x, w, n, u, m);
}

/// Several rows of one head in the backward pass, so that dW is read and written once for all of them.
struct HeadRows {
  static constexpr int capacity = 16;
  std::array<const Real*, capacity> x;  // [d] each
  std::array<Real*, capacity> dx;       // [d]
  std::array<const Real*, capacity> g;  // [M]
  int rows = 0;

  void add(const Real* of_x, Real* of_dx, const Real* of_g) {
    const auto r = static_cast<std::size_t>(rows++);
    x[r] = of_x, dx[r] = of_dx, g[r] = of_g;
  }
};

/// dx_r += g_r Wᵀ, dW += Σ_r x_rᵀ g_r
inline void head_times_backward(const HeadRows& at, const Real* w, const HeadSizes& n, Real* dw) {
  for (std::size_t r = 0; r < static_cast<std::size_t>(at.rows); ++r)
    for (Index c = 0; c < n.d; ++c)
      at.dx[r][c] += sum_components(
          n.count, [&]<class R>(Index m) -> R { return load<R>(at.g[r] + m) * load<R>(w + c * n.count + m); });
  for (Index c = 0; c < n.d; ++c)
    add_components(dw + c * n.count, n.count, 0, at.rows, [&]<class R>(int row, Index m) -> R {
      const auto r = static_cast<std::size_t>(row);
      return at.x[r][c] * load<R>(at.g[r] + m);
    });
}

constexpr Index rows_of_block = 64;         // forward: independent rows
constexpr Index rows_of_partial_sum = 512;  // backward: each block keeps a partial sum of dw

}  // namespace mercer::cpu
