#include "backend/cpu/kernel_loops.hpp"

#include <type_traits>

#include "backend/cpu/component_loops.hpp"
#include "backend/cpu/mixture_loops.hpp"

namespace mercer::cpu {
namespace {

/// The first lines of a wide row that is wanted next: where it begins no hardware can guess, how it goes on it can.
inline void prefetch_row(const Real* row, Index width) {
  constexpr Index line = 64 / sizeof(Real), lines = 12;
  if (width < 2 * lines * line) return;
  for (Index at = 0; at < lines; ++at)
    __builtin_prefetch(row + at * line);
}

/// t_eh = Σ_c term(near_hc, far_hc, a_hc)
template <class P>
void pair(const P& pairing, const Ends& ends, const Tile& tile, Real* t) {
  const Index heads = ends.heads, d = ends.width();
  for (const Segment& row : tile) {
    const Real* x = ends.near.row(row.row);
    const Real* a = P::weighted ? ends.weight.data : x;  // not read unless weighted
    for (int e = row.first; e < row.last; ++e) {
      const Real* y = ends.far.row(tile.far[static_cast<std::size_t>(e)]);
      if (e + 1 < tile.edges) prefetch_row(ends.far.row(tile.far[static_cast<std::size_t>(e + 1)]), ends.far.columns);
      const auto term = [&]<class R>(Index c) -> R {
        return pairing.term(load<R>(x + c), load<R>(y + c), load<R>(a + c));
      };
      if (d == 1)
        each_component(heads, [&]<class R>(Index h) { store(t + e * heads + h, term.template operator()<R>(h)); });
      else
        sum_heads(heads, d, t + e * heads, term);
    }
  }
}

template <class K>
void score(const AnyKernel& kernel, const Ends& ends, const Tile& tile, Real* t, Real* f) {
  const K kappa = std::get<K>(kernel);
  const Index count = tile.edges * ends.heads;
  if constexpr (std::is_same_v<typename K::Pairing, Nothing>)
    std::fill_n(t, count, Real(0));
  else
    pair(kappa.pairing(), ends, tile, t);
  for (Index n = 0; n < count; ++n)
    f[n] = value_of(kappa, t[n]);
}

template <class K>
void slope(const AnyKernel& kernel, const Real* df, Real* t, Index count) {
  const K kappa = std::get<K>(kernel);
  for (Index n = 0; n < count; ++n)
    t[n] = df[n] * slope_of(kappa, t[n]);
}

template <class K>
void add_near(const AnyKernel& kernel, const Ends& ends, const Tile& tile, const Segment& row, const Real* dt,
              Real* dnear) {
  using P = typename K::Pairing;
  if constexpr (!std::is_same_v<P, Nothing>) {
    const P pairing = std::get<K>(kernel).pairing();
    const Index heads = ends.heads, d = ends.width();
    const Real* near = ends.near.row(row.row);
    if (d == 1 && !P::weighted) {  // half scores: the heads are the contiguous direction
      add_components(dnear, heads, row.first, row.last, [&]<class R>(int e, Index h) -> R {
        const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]);
        return load<R>(dt + e * heads + h) * pairing.slope(load<R>(near + h), load<R>(far + h), R{});
      });
      return;
    }
    for (Index h = 0; h < heads; ++h) {
      const Real* x = near + h * d;
      const Real* a = P::weighted ? ends.weight.data + h * d : x;
      add_components(dnear + h * d, d, row.first, row.last, [&]<class R>(int e, Index c) -> R {
        const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]) + h * d;
        return dt[e * heads + h] * pairing.slope(load<R>(x + c), load<R>(far + c), load<R>(a + c));
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
      add_components(dweight + h * d, d, row.first, row.last, [&]<class R>(int e, Index c) -> R {
        const Real* far = ends.far.row(tile.far[static_cast<std::size_t>(e)]) + h * d;
        return dt[e * heads + h] * pairing.weight_slope(load<R>(x + c), load<R>(far + c));
      });
    }
  }
}

}  // namespace

KernelLoops loops_of(const AnyKernel& kernel) {
  return std::visit(
      [](const auto& kappa) {
        using K = std::remove_cvref_t<decltype(kappa)>;
        if constexpr (RowKernel<K>)
          return mixture_loops(kappa);
        else
          return KernelLoops{SignedKernel<K>, 1, score<K>, slope<K>, add_near<K>, add_weight<K>};
      },
      kernel);
}

}  // namespace mercer::cpu
