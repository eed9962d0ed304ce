#pragma once

#include <algorithm>
#include <array>

#include "backend/cpu/unrolled.hpp"
#include "mercer/kernel/loops/components.hpp"
#include "mercer/tensor/view.hpp"

/// Products of the heads of a row with their matrices: h matrices [d, M], stacked as [h*d, M].
namespace mercer::cpu {

struct HeadSizes {
  Index heads, d, count;  // h, d, M
};

inline HeadSizes head_sizes(ConstView x, ConstView w, Index heads) { return {heads, x.columns / heads, w.columns}; }

/// Calls visit.template operator()<R, count>(m) for pieces of M columns, each of `count` vectors, or values, from m on.
template <int most, class Visit>
inline void for_each_piece(Index columns, Visit&& visit) {
  Index m = 0;
  for (; m + most * lane_count <= columns; m += most * lane_count)
    visit.template operator()<Lanes, most>(m);
  for (; m + lane_count <= columns; m += lane_count)
    visit.template operator()<Lanes, 1>(m);
  for (; m < columns; ++m)
    visit.template operator()<Real, 1>(m);
}

/// Columns m … of u_rm = Σ_c x_rc w_cm, `count` vectors (or values) of `rows` rows, which read w once together.
template <class R, int rows, int count>
inline void head_times_piece(ConstView x, const Real* w, const HeadSizes& n, View u, Index m) {
  constexpr Index step = sizeof(R) / sizeof(Real);
  R sum[rows * count] = {};
  for (Index c = 0; c < n.d; ++c) {
    const Real* mine = w + c * n.count + m;
    unrolled<rows * count>([&](auto k) { sum[k] += x.row(k / count)[c] * load<R>(mine + k % count * step); });
  }
  unrolled<rows * count>([&](auto k) { store(u.row(k / count) + m + k % count * step, sum[k]); });
}

/// The same of all columns, for `rows` rows of the matrices x and u, which start at one head.
template <int rows>
inline void head_times_rows(ConstView x, const Real* w, const HeadSizes& n, View u) {
  for_each_piece<2>(n.count, [&]<class R, int count>(Index m) { head_times_piece<R, rows, count>(x, w, n, u, m); });
}

/// u = x W of one head, for all rows of x and u, which start at that head.
inline void head_times(ConstView x, const Real* w, const HeadSizes& n, View u) {
  constexpr Index at_once = 4;
  Index i = 0;
  for (; i + at_once <= x.rows; i += at_once)
    head_times_rows<at_once>({x.row(i), at_once, x.columns}, w, n, {u.row(i), at_once, u.columns});
  for (; i < x.rows; ++i)
    head_times_rows<1>({x.row(i), 1, x.columns}, w, n, {u.row(i), 1, u.columns});
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

/// Σ_m g_m w_cm of the rows c … c + 7 of w.
inline Lanes eight_sums(const Real* g, const Real* w, Index M) {
  Lanes part[lane_count] = {};
  Index m = 0;
  for (; m + lane_count <= M; m += lane_count) {
    const Lanes of_g = load<Lanes>(g + m);
    unrolled<lane_count>([&](auto c) { part[c] += of_g * load<Lanes>(w + c * M + m); });
  }
  Lanes sums = sum_lanes_of_eight(part);
  for (; m < M; ++m)
    for (int c = 0; c < lane_count; ++c)
      sums[c] += g[m] * w[c * M + m];
  return sums;
}

/// dx += g Wᵀ of one row.
inline void add_times_transposed(const Real* g, const Real* w, const HeadSizes& n, Real* dx) {
  Index c = 0;
  for (; c + lane_count <= n.d; c += lane_count)
    store<Lanes>(dx + c, load<Lanes>(dx + c) + eight_sums(g, w + c * n.count, n.count));
  for (; c < n.d; ++c)
    dx[c] +=
        sum_components(n.count, [&]<class R>(Index m) -> R { return load<R>(g + m) * load<R>(w + c * n.count + m); });
}

/// Rows c … c + height − 1 and `count` vectors, or values, from column m on, of dW += Σ_r x_rᵀ g_r.
template <class R, int height, int count>
inline void add_outer_piece(const HeadRows& at, Index c, Index m, Index M, Real* dw) {
  constexpr Index step = sizeof(R) / sizeof(Real);
  R sum[height * count];
  const auto place = [&](Index n) { return dw + (c + n / count) * M + m + n % count * step; };
  unrolled<height * count>([&](auto n) { sum[n] = load<R>(place(n)); });
  for (std::size_t r = 0; r < static_cast<std::size_t>(at.rows); ++r) {
    const Real *x = at.x[r] + c, *g = at.g[r] + m;
    unrolled<height * count>([&](auto n) { sum[n] += x[n / count] * load<R>(g + n % count * step); });
  }
  unrolled<height * count>([&](auto n) { store(place(n), sum[n]); });
}

/// dx_r += g_r Wᵀ, dW += Σ_r x_rᵀ g_r
inline void head_times_backward(const HeadRows& at, const Real* w, const HeadSizes& n, Real* dw) {
  for (std::size_t r = 0; r < static_cast<std::size_t>(at.rows); ++r)
    add_times_transposed(at.g[r], w, n, at.dx[r]);
  for_each_piece<4>(n.count, [&]<class R, int count>(Index m) {
    Index c = 0;
    for (; c + 2 <= n.d; c += 2)
      add_outer_piece<R, 2, count>(at, c, m, n.count, dw);
    if (c < n.d) add_outer_piece<R, 1, count>(at, c, m, n.count, dw);
  });
}

/// The same of one head, for all rows of x, g and dx, which start at that head.
inline void head_times_backward(ConstView x, ConstView g, const Real* w, const HeadSizes& n, View dx, Real* dw) {
  for (Index begin = 0; begin < x.rows; begin += HeadRows::capacity) {
    HeadRows at;
    for (Index i = begin; i < std::min<Index>(begin + HeadRows::capacity, x.rows); ++i)
      at.add(x.row(i), dx.row(i), g.row(i));
    head_times_backward(at, w, n, dw);
  }
}

constexpr Index rows_of_block = 64;         // forward: independent rows
constexpr Index rows_of_partial_sum = 512;  // backward: each block keeps a partial sum of dw

}  // namespace mercer::cpu
