#pragma once

#include "mercer/kernel/loops/components.hpp"
#include "mercer/kernel/loops/kernel_loops.hpp"
#include "mercer/kernel/traits.hpp"

namespace mercer::cpu {
namespace {

/// The loops of a kernel of whole rows, made of its value and slope. The numbers of an edge and head are in `values`
/// planes of [edges of the tile, h].
template <RowKernel K>
struct RowLoops {
  static const K& of(const void* kappa) { return *static_cast<const K*>(kappa); }

  static void score(const void* kernel, const Ends& ends, const Tile& tile, Real* t, Real* f) {
    const K kappa = of(kernel);
    const Index heads = ends.heads, d = ends.width(), plane = tile.edges * heads;
    for (const Segment& row : tile) {
      const Real* near = ends.near.row(row.row);
      for (int e = row.first; e < row.last; ++e) {
        const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]);
        for (Index h = 0; h < heads; ++h) {
          const Index n = e * heads + h;
          f[n] = value_of_rows(kappa, near + h * d, far + h * d, t + n, plane);
        }
      }
    }
  }

  static void slope(const void* kernel, const Real* df, Real* t, Index count) {
    for (Index v = 0; v < of(kernel).values(); ++v)
      for (Index n = 0; n < count; ++n)
        t[v * count + n] *= df[n];
  }

  static void add_near(const void* kernel, const Ends& ends, const Tile& tile, const Segment& row, const Real* dt,
                       Real* dnear) {
    const K kappa = of(kernel);
    const Index heads = ends.heads, d = ends.width(), plane = tile.edges * heads;
    const Real* near = ends.near.row(row.row);
    for (int e = row.first; e < row.last; ++e) {
      const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]);
      for (Index h = 0; h < heads; ++h)
        for (Index c = 0; c < d; ++c)
          dnear[h * d + c] += kappa.slope(c, near[h * d + c], far[h * d + c], dt + e * heads + h, plane);
    }
  }

  static KernelLoops loops(const K& kappa) {
    return {is_signed_kernel<K>(), kappa.values(), score, slope, add_near, nullptr};
  }
};

}  // namespace
}  // namespace mercer::cpu
