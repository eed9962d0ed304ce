#include <numbers>

#include "backend/cpu/exp.hpp"
#include "backend/cpu/turns.hpp"
#include "mercer/base/annotate.hpp"
#include "mercer/kernel/loops/components.hpp"
#include "mercer/kernel/spectral_mixture.hpp"

namespace mercer::cpu {
namespace {

const SpectralMixture& mixture(const void* kernel) { return *static_cast<const SpectralMixture*>(kernel); }

/// exponent_c = g_c + g'_c − ½‖u_c − u'_c‖², phase_c = a_c − a'_c of one edge and head.
void compare(const SpectralMixture& kappa, const Real* near, const Real* far, Real* exponent, Real* phase) {
  sum_heads(kappa.components, kappa.rank, exponent, [&]<class R>(Index r) -> R {
    const R apart = load<R>(near + r) - load<R>(far + r);
    return apart * apart;
  });
  for (Index c = 0; c < kappa.components; ++c) {
    exponent[c] = near[kappa.half_weight(c)] + far[kappa.half_weight(c)] - exponent[c] / 2;
    phase[c] = near[kappa.phase(c)] - far[kappa.phase(c)];
  }
}

/// exponent, phase → p cos δ, −p sin δ
void turn(Index count, Real* exponent, Real* phase) {
  constexpr Real turns = 1 / (2 * std::numbers::pi_v<Real>);
  for (Index n = 0; n < count; ++n) {
    const Real p = exp_of(exponent[n]);
    const auto [sine, cosine] = sin_cos_of_turns(phase[n] * turns);
    exponent[n] = p * cosine;
    phase[n] = -p * sine;
  }
}

void score(const void* kernel, const Ends& ends, const Tile& tile, Real* t, Real* f) {
  const SpectralMixture kappa = mixture(kernel);
  const Index heads = ends.heads, d = ends.width(), C = kappa.components, plane = tile.edges * heads * C;
  for (const Segment& row : tile) {
    const Real* near = ends.near.row(row.row);
    for (int e = row.first; e < row.last; ++e) {
      const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]);
      Real* mine = t + e * heads * C;
      for (Index h = 0; h < heads; ++h)
        compare(kappa, near + h * d, far + h * d, mine + h * C, mine + plane + h * C);
    }
  }
  turn(plane, t, t + plane);
  for (Index n = 0; n < tile.edges * heads; ++n) {
    f[n] = kappa.shift;
    for (Index c = n * C; c < (n + 1) * C; ++c)
      f[n] += t[c];
  }
}

void slope(const void* kernel, const Real* df, Real* t, Index count) {
  const Index C = mixture(kernel).components;
  for (Real* plane : {t, t + count * C})
    for (Index n = 0; n < count; ++n)
      for (Index c = n * C; c < (n + 1) * C; ++c)
        plane[c] *= df[n];
}

void add_near(const void* kernel, const Ends& ends, const Tile& tile, const Segment& row, const Real* dt, Real* dnear) {
  const SpectralMixture kappa = mixture(kernel);
  const Index heads = ends.heads, d = ends.width(), C = kappa.components, plane = tile.edges * heads * C;
  const Real* near = ends.near.row(row.row);
  for (Index h = 0; h < heads; ++h)
    for (Index c = 0; c < C; ++c) {
      const Real* slopes = dt + h * C + c;
      const auto slope_of = [&](int e) { return slopes[e * heads * C]; };
      const Index u = h * d + c * kappa.rank;
      // ∂(−½‖u − u'‖²)/∂u = u' − u
      add_components(dnear + u, kappa.rank, row.first, row.last, [&]<class R>(int e, Index r) -> R {
        const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]);
        return slope_of(e) * (load<R>(far + u + r) - load<R>(near + u + r));
      });
      Real exponents = 0, phases = 0;
      for (int e = row.first; e < row.last; ++e) {
        exponents += slope_of(e);
        phases += slopes[plane + e * heads * C];
      }
      dnear[h * d + kappa.half_weight(c)] += exponents;
      dnear[h * d + kappa.phase(c)] += phases;
    }
}

}  // namespace
}  // namespace mercer::cpu

/// t holds two planes of [edges, h, components]: exponents and phases while κ is computed, then the numbers of value().
mercer::cpu::KernelLoops mercer::SpectralMixture::loops() const {
  return {true, values(), cpu::score, cpu::slope, cpu::add_near, nullptr};
}
