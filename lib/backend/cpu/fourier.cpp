#include <algorithm>
#include <numbers>
#include <vector>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/head_product.hpp"
#include "backend/cpu/turns.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {
namespace {

/// [cos 2πu | sin 2πu] of one head, stored or added.
template <bool first_set>
void take_set(const Real* u, Index count, Real* cosines, Real* sines) {
#pragma omp simd
  for (Index m = 0; m < count; ++m) {
    const auto [sine, cosine] = sin_cos_of_turns(u[m]);
    cosines[m] = first_set ? cosine : cosines[m] + cosine;
    sines[m] = first_set ? sine : sines[m] + sine;
  }
}

/// g_m = ∂L/∂u_m = 2π (−sin 2πu_m · G_m + cos 2πu_m · G_{M+m}), in place of u.
void turn_gradients(const Real* G, Index count, Real* u) {
  constexpr Real full = 2 * std::numbers::pi_v<Real>;
#pragma omp simd
  for (Index m = 0; m < count; ++m) {
    const auto [sine, cosine] = sin_cos_of_turns(u[m]);
    u[m] = full * (cosine * G[count + m] - sine * G[m]);
  }
}

void add_backward_of_set(ConstView x, ConstView w, Index heads, ConstView dphi, View dx, View dw) {
  const HeadSizes n = head_sizes(x, w, heads);
  sum_blocks(x.rows, rows_of_partial_sum, dw, [&](Index first, Index last, Real* partial) {
    std::vector<Real> u(static_cast<std::size_t>(n.count));
    for (Index i = first; i < last; ++i) {
      const Real* G = dphi.row(i);
      if (std::all_of(G, G + dphi.columns, [](Real value) { return value == 0; })) continue;
      for (Index h = 0; h < heads; ++h) {
        const Real *mine = x.row(i) + h * n.d, *frequencies = w.row(h * n.d);
        head_times(mine, frequencies, n, u.data());
        turn_gradients(G + h * 2 * n.count, n.count, u.data());
        head_times_backward(u.data(), mine, frequencies, n, dx.row(i) + h * n.d, partial + h * n.d * n.count);
      }
    }
  });
}

}  // namespace

void fourier_features(ConstView x, std::span<const ConstView> w, Index heads, View phi) {
  const HeadSizes n = head_sizes(x, w.front(), heads);
  parallel_ranges(x.rows, rows_of_block, [&](Index first, Index last) {
    std::vector<Real> u(static_cast<std::size_t>(n.count));
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        Real *cosines = phi.row(i) + h * 2 * n.count, *sines = cosines + n.count;
        for (const ConstView& set : w) {
          head_times(x.row(i) + h * n.d, set.row(h * n.d), n, u.data());
          if (&set == &w.front())
            take_set<true>(u.data(), n.count, cosines, sines);
          else
            take_set<false>(u.data(), n.count, cosines, sines);
        }
      }
  });
}

void fourier_features_backward(ConstView x, std::span<const ConstView> w, Index heads, ConstView dphi, View dx,
                               std::span<const View> dw) {
  std::fill_n(dx.data, dx.size(), Real(0));
  for (std::size_t s = 0; s < w.size(); ++s)
    add_backward_of_set(x, w[s], heads, dphi, dx, dw[s]);
}

}  // namespace mercer::cpu
