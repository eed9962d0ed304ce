#pragma once

#include <algorithm>

#include "mercer/kernel/loops/components.hpp"
#include "mercer/kernel/loops/kernel_loops.hpp"
#include "mercer/kernel/loops/prefetch.hpp"
#include "mercer/kernel/pairing.hpp"
#include "mercer/kernel/traits.hpp"

namespace mercer::cpu {
namespace {

/// A pairing's functions for one value or for eight: at once when they take any R, else one by one.
template <Pairing P>
struct Lanewise {
  P by;

  template <class R>
  R term(const R& q, const R& k, const R& a) const {
    if constexpr (requires {
                    { by.term(q, k, a) } -> std::same_as<R>;
                  }) {
      return by.term(q, k, a);
    } else {
      R t;
      for (int l = 0; l < lane_count; ++l)
        t[l] = by.term(q[l], k[l], a[l]);
      return t;
    }
  }
  template <class R>
  R slope(const R& x, const R& other, const R& a) const {
    if constexpr (requires {
                    { by.slope(x, other, a) } -> std::same_as<R>;
                  }) {
      return by.slope(x, other, a);
    } else {
      R s;
      for (int l = 0; l < lane_count; ++l)
        s[l] = by.slope(x[l], other[l], a[l]);
      return s;
    }
  }
  template <class R>
  R weight_slope(const R& q, const R& k) const {
    if constexpr (requires {
                    { by.weight_slope(q, k) } -> std::same_as<R>;
                  }) {
      return by.weight_slope(q, k);
    } else {
      R s;
      for (int l = 0; l < lane_count; ++l)
        s[l] = by.weight_slope(q[l], k[l]);
      return s;
    }
  }
};

/// The loops of a pairing, compiled once for all kernels of a file that have it.
template <Pairing P>
struct PairingLoops {
  using Traits = PairingTraits<P>;

  /// a_c of a weighted pairing; others don't read it.
  template <class R>
  static R weight_at(const Real* a, Index c) {
    if constexpr (Traits::weighted) return load<R>(a + c);
    return R{};
  }

  /// t_eh = Σ_c term(near_hc, far_hc, a_hc)
  template <class Value>
  [[gnu::noinline]] static void pair(const Lanewise<P>& pairing, const Ends& ends, const EndsOf<Value>& of,
                                     const Tile& tile, Real* t) {
    const Index heads = ends.heads, d = ends.width();
    const Real* a = ends.weight.data;
    const RowsAhead ask(tile, of.far.data, ends.far.ahead);
    for (const Segment& row : tile) {
      const Value* x = of.near.row(row.row);
      for (int e = row.first; e < row.last; ++e) {
        const Value* y = of.far.row(tile.far[static_cast<std::size_t>(e)]);
        ask(e);
        const auto term = [&]<class R>(Index c) -> R {
          return pairing.template term<R>(load<R>(x + c), load<R>(y + c), weight_at<R>(a, c));
        };
        if (d == 1)
          each_component(heads, [&]<class R>(Index h) { store(t + e * heads + h, term.template operator()<R>(h)); });
        else
          sum_heads(heads, d, t + e * heads, term);
      }
    }
  }

  /// dnear_hc += Σ_e dt_eh slope(near_hc, far_hc, a_hc)
  template <class Value>
  [[gnu::noinline]] static void add_slopes(const Lanewise<P>& pairing, const Ends& ends, const EndsOf<Value>& of,
                                           const Tile& tile, const Segment& row, const Real* dt, Real* dnear) {
    const Index heads = ends.heads, d = ends.width();
    const Value* near = of.near.row(row.row);
    if (d == 1 && !Traits::weighted) {  // half scores: heads are contiguous
      add_components(dnear, heads, row.first, row.last, [&]<class R>(int e, Index h) -> R {
        const Value* far = of.far.row(tile.far[static_cast<std::size_t>(e)]);
        return load<R>(dt + e * heads + h) * pairing.template slope<R>(load<R>(near + h), load<R>(far + h), R{});
      });
      return;
    }
    const Real* a = ends.weight.data;
    const RowsAhead ask(tile, of.far.data, ends.far.ahead);
    add_heads(dnear, heads, d, row.first, row.last, dt, ask, [&]<class R>(int e, Index c) -> R {
      const Value* far = of.far.row(tile.far[static_cast<std::size_t>(e)]);
      return pairing.template slope<R>(load<R>(near + c), load<R>(far + c), weight_at<R>(a, c));
    });
  }

  /// dweight_hc += Σ_e dt_eh weight_slope(near_hc, far_hc)
  template <class Value>
  [[gnu::noinline]] static void add_weight_slopes(const Lanewise<P>& pairing, const Ends& ends, const EndsOf<Value>& of,
                                                  const Tile& tile, const Segment& row, const Real* dt, Real* dweight) {
    const Value* near = of.near.row(row.row);
    add_heads(dweight, ends.heads, ends.width(), row.first, row.last, dt, NoneAhead{},
              [&]<class R>(int e, Index c) -> R {
                const Value* far = of.far.row(tile.far[static_cast<std::size_t>(e)]);
                return pairing.template weight_slope<R>(load<R>(near + c), load<R>(far + c));
              });
  }
};

/// The loops of κ = f(t).
template <ScalarKernel K>
struct ScalarLoops {
  using P = PairingOf<K>;
  using Traits = PairingTraits<P>;
  using Loops = PairingLoops<P>;

  static const K& of(const void* kappa) { return *static_cast<const K*>(kappa); }

  static void score(const void* kernel, const Ends& ends, const Tile& tile, Real* t, Real* f) {
    const K kappa = of(kernel);
    const Index count = tile.edges * ends.heads;
    if constexpr (!Traits::compares)
      std::fill_n(t, count, Real(0));
    else
      with_values(ends, [&](const auto& rows) { Loops::pair({kappa.pairing()}, ends, rows, tile, t); });
    for (Index n = 0; n < count; ++n)
      f[n] = value_of(kappa, t[n]);
  }

  static void slope(const void* kernel, const Real* df, Real* t, Index count) {
    const K kappa = of(kernel);
    for (Index n = 0; n < count; ++n)
      t[n] = df[n] * slope_of(kappa, t[n]);
  }

  static void add_near(const void* kernel, const Ends& ends, const Tile& tile, const Segment& row, const Real* dt,
                       Real* dnear) {
    if constexpr (Traits::compares)
      with_values(
          ends, [&](const auto& rows) { Loops::add_slopes({of(kernel).pairing()}, ends, rows, tile, row, dt, dnear); });
  }

  static void add_weight(const void* kernel, const Ends& ends, const Tile& tile, const Segment& row, const Real* dt,
                         Real* dweight) {
    if constexpr (Traits::weighted)
      with_values(ends, [&](const auto& rows) {
        Loops::add_weight_slopes({of(kernel).pairing()}, ends, rows, tile, row, dt, dweight);
      });
  }

  static void value(const void* kernel, Real* t, Index count) {
    const K kappa = of(kernel);
    for (Index n = 0; n < count; ++n)
      t[n] = value_of(kappa, t[n]);
  }

  /// Distances by products are rounded. A kernel that is not smooth at 0 can magnify that without bound in its slope.
  static constexpr MatrixPairing product() {
    if constexpr (std::same_as<P, Dot>) return MatrixPairing::dot;
    if constexpr (std::same_as<P, SquaredDistance> && K::smooth_at_zero) return MatrixPairing::squared_distance;
    return MatrixPairing::none;
  }

  static KernelLoops loops(const K&) {
    return {is_signed_kernel<K>(), 1, score, slope, add_near, add_weight, product(), value, true};
  }
};

}  // namespace
}  // namespace mercer::cpu
