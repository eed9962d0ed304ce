#include <algorithm>
#include <numbers>
#include <vector>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/turns.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {
namespace {

/// Sizes of one set of frequencies: h heads of width d, M frequencies each.
struct Sizes {
  Index heads, d, count;
};

Sizes sizes_of(ConstView x, ConstView w, Index heads) { return {heads, x.columns / heads, w.columns}; }

/// u_m = Σ_c x_c w_cm, in turns; x [d], w [d, M].
void project(const Real* x, const Real* w, const Sizes& n, Real* u) {
  std::fill_n(u, n.count, Real(0));
  for (Index c = 0; c < n.d; ++c) {
    const Real factor = x[c], *row = w + c * n.count;
    for (Index m = 0; m < n.count; ++m)
      u[m] += factor * row[m];
  }
}

/// g_m = ∂L/∂u_m = 2π (−sin 2πu_m · G_m + cos 2πu_m · G_{M+m}), in place of u.
void turn_gradients(const Real* G, Index count, Real* u) {
  constexpr Real full = 2 * std::numbers::pi_v<Real>;
  for (Index m = 0; m < count; ++m) {
    const auto [sine, cosine] = sin_cos_of_turns(u[m]);
    u[m] = full * (cosine * G[count + m] - sine * G[m]);
  }
}

/// dx_c += Σ_m g_m w_cm, dw_cm += x_c g_m.
void spread(const Real* g, const Real* x, const Real* w, const Sizes& n, Real* dx, Real* dw) {
  for (Index c = 0; c < n.d; ++c) {
    const Real *row = w + c * n.count, factor = x[c];
    Real sum = 0, *to = dw + c * n.count;
#pragma omp simd reduction(+ : sum)
    for (Index m = 0; m < n.count; ++m)
      sum += g[m] * row[m];
    for (Index m = 0; m < n.count; ++m)
      to[m] += factor * g[m];
    dx[c] += sum;
  }
}

constexpr Index rows_of_block = 64;         // forward: independent rows
constexpr Index rows_of_partial_sum = 512;  // backward: each block keeps a partial sum of dw

}  // namespace

void add_fourier_features(ConstView x, ConstView w, Index heads, View phi) {
  const Sizes n = sizes_of(x, w, heads);
  parallel_ranges(x.rows, rows_of_block, [&](Index first, Index last) {
    std::vector<Real> u(static_cast<std::size_t>(n.count));
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        project(x.row(i) + h * n.d, w.row(h * n.d), n, u.data());
        Real *cosines = phi.row(i) + h * 2 * n.count, *sines = cosines + n.count;
        for (Index m = 0; m < n.count; ++m) {
          const auto [sine, cosine] = sin_cos_of_turns(u[static_cast<std::size_t>(m)]);
          cosines[m] += cosine;
          sines[m] += sine;
        }
      }
  });
}

void add_fourier_features_backward(ConstView x, ConstView w, Index heads, ConstView dphi, View dx, View dw) {
  const Sizes n = sizes_of(x, w, heads);
  sum_blocks(x.rows, rows_of_partial_sum, dw, [&](Index first, Index last, Real* partial) {
    std::vector<Real> u(static_cast<std::size_t>(n.count));
    for (Index i = first; i < last; ++i) {
      const Real* G = dphi.row(i);
      if (std::all_of(G, G + dphi.columns, [](Real value) { return value == 0; })) continue;
      for (Index h = 0; h < heads; ++h) {
        const Real *mine = x.row(i) + h * n.d, *frequencies = w.row(h * n.d);
        project(mine, frequencies, n, u.data());
        turn_gradients(G + h * 2 * n.count, n.count, u.data());
        spread(u.data(), mine, frequencies, n, dx.row(i) + h * n.d, partial + h * n.d * n.count);
      }
    }
  });
}

}  // namespace mercer::cpu
