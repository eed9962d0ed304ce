#include "backend/cpu/kernel_loops.hpp"

#include <type_traits>

#include "backend/cpu/component_loops.hpp"

namespace mercer::cpu {
namespace {

/// Half scores of width 1: the heads are the contiguous direction.
template <int H, class P>
void pair_half_scores(const P& pairing, const Ends& ends, const Tile& tile, Real* t) {
  const int heads = H > 0 ? H : static_cast<int>(ends.heads);
  for (const Segment& row : tile) {
    const Real* near = ends.near.row(row.row);
    for (int e = row.first; e < row.last; ++e) {
      const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]);
#pragma omp simd
      for (int h = 0; h < heads; ++h)
        t[e * heads + h] = pairing.term(near[h], far[h], 0);
    }
  }
}

template <class P>
void pair(const P& pairing, const Ends& ends, const Tile& tile, Real* t) {
  const Index heads = ends.heads, d = ends.width();
  if (d == 1 && !P::weighted) {
    if (heads == 8) return pair_half_scores<8>(pairing, ends, tile, t);
    return pair_half_scores<0>(pairing, ends, tile, t);
  }
  for (const Segment& row : tile)
    for (int e = row.first; e < row.last; ++e) {
      const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]);
      for (Index h = 0; h < heads; ++h) {
        const Real *x = ends.near.row(row.row) + h * d, *y = far + h * d;
        const Real* a = P::weighted ? ends.weight.data + h * d : x;  // not read unless weighted
        t[e * heads + h] = sum_components(d, [&](Index c) { return pairing.term(x[c], y[c], a[c]); });
      }
    }
}

template <class K>
void score(const AnyKernel& kernel, const Ends& ends, const Tile& tile, Real* t, Real* s) {
  const K kappa = std::get<K>(kernel);
  const Index count = tile.edges * ends.heads;
  if constexpr (std::is_same_v<typename K::Pairing, Nothing>)
    std::fill_n(t, count, Real(0));
  else
    pair(kappa.pairing(), ends, tile, t);
  for (Index n = 0; n < count; ++n)
    s[n] = kappa.log_value(t[n]);
}

template <class K>
void slope(const AnyKernel& kernel, const Real* t, Real* ds, Index count) {
  const K kappa = std::get<K>(kernel);
  for (Index n = 0; n < count; ++n)
    ds[n] *= kappa.log_slope(t[n]);
}

template <class K>
void add_near(const AnyKernel& kernel, const Ends& ends, const Tile& tile, const Segment& row, const Real* dt,
              Real* dnear) {
  using P = typename K::Pairing;
  if constexpr (!std::is_same_v<P, Nothing>) {
    const P pairing = std::get<K>(kernel).pairing();
    const Index heads = ends.heads, d = ends.width();
    const Real* near = ends.near.row(row.row);
    if (d == 1 && !P::weighted) {
      for (int e = row.first; e < row.last; ++e) {
        const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]);
        for (Index h = 0; h < heads; ++h)
          dnear[h] += dt[e * heads + h] * pairing.slope(near[h], far[h], 0);
      }
      return;
    }
    for (Index h = 0; h < heads; ++h) {
      const Real* x = near + h * d;
      const Real* a = P::weighted ? ends.weight.data + h * d : x;
      add_components(dnear + h * d, d, row.first, row.last, [&](int e, Index c) {
        const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]) + h * d;
        return dt[e * heads + h] * pairing.slope(x[c], far[c], a[c]);
      });
    }
  }
}

template <class K>
void add_weight(const AnyKernel& kernel, const Ends& ends, const Tile& tile, const Segment& row, const Real* dt,
                Real* dweight) {
  using P = typename K::Pairing;
  if constexpr (P::weighted) {
    const P pairing = std::get<K>(kernel).pairing();
    const Index heads = ends.heads, d = ends.width();
    const Real* near = ends.near.row(row.row);
    for (Index h = 0; h < heads; ++h) {
      const Real* x = near + h * d;
      add_components(dweight + h * d, d, row.first, row.last, [&](int e, Index c) {
        const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]) + h * d;
        return dt[e * heads + h] * pairing.weight_slope(x[c], far[c]);
      });
    }
  }
}

}  // namespace

KernelLoops loops_of(const AnyKernel& kernel) {
  return std::visit(
      [](const auto& kappa) {
        using K = std::remove_cvref_t<decltype(kappa)>;
        return KernelLoops{score<K>, slope<K>, add_near<K>, add_weight<K>};
      },
      kernel);
}

}  // namespace mercer::cpu
