#pragma once

#include "backend/cpu/component_loops.hpp"
#include "mercer/tensor/view.hpp"

/// The products of one row with the matrix of its head, h matrices [d, M] one below the other.
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

/// dx_c += Σ_m g_m w_cm, dw_cm += x_c g_m.
inline void head_times_backward(const Real* g, const Real* x, const Real* w, const HeadSizes& n, Real* dx, Real* dw) {
  for (Index c = 0; c < n.d; ++c) {
    const Real *row = w + c * n.count, factor = x[c];
    Real* to = dw + c * n.count;
    dx[c] += sum_components(n.count, [&]<class R>(Index m) -> R { return load<R>(g + m) * load<R>(row + m); });
    each_component(n.count, [&]<class R>(Index m) { store(to + m, load<R>(to + m) + factor * load<R>(g + m)); });
  }
}

constexpr Index rows_of_block = 64;         // forward: independent rows
constexpr Index rows_of_partial_sum = 512;  // backward: each block keeps a partial sum of dw

}  // namespace mercer::cpu
