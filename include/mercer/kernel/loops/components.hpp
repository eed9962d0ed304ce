#pragma once

#include "mercer/kernel/loops/lanes.hpp"

/// The two inner loops of every edge operator, over the components of a head: a sum of terms for each edge, and a
/// weighted sum of rows. `f` is a lambda `[&]<class R>(…, Index c) -> R` that gives one value (Real) or eight (Lanes),
/// from component c on.
namespace mercer::cpu {
namespace {

/// Stands in a loop that adds one product a step. Else g++ may compute the products of several steps as one vector and
/// add them one by one, not fused, in one loop and not in another that is to give the same bits.
inline void one_by_one() { asm volatile(""); }

/// Calls f(c) over 0 … d − 1.
template <class F>
inline void each_component(Index d, F&& f) {
  Index c = 0;
  for (; c + lane_count <= d; c += lane_count)
    f.template operator()<Lanes>(c);
  for (; c < d; ++c)
    f.template operator()<Real>(c);
}

/// Σ_{c<d} f(c)
template <class F>
inline Real sum_components(Index d, F&& f) {
  Real sum = 0;
  Index c = 0;
  if (d >= 8 * lane_count) {  // four independent sums hide the latency of an addition
    Lanes part[4];
    for (int n = 0; n < 4; ++n)
      part[n] = f.template operator()<Lanes>(n * lane_count);
    for (c = 4 * lane_count; c + 4 * lane_count <= d; c += 4 * lane_count)
      for (int n = 0; n < 4; ++n)
        part[n] += f.template operator()<Lanes>(c + n * lane_count);
    sum = sum_lanes((part[0] + part[1]) + (part[2] + part[3]));
  } else if (d >= lane_count) {
    Lanes lanes = f.template operator()<Lanes>(0);
    for (c = lane_count; c + lane_count <= d; c += lane_count)
      lanes += f.template operator()<Lanes>(c);
    sum = sum_lanes(lanes);
  }
  for (; c < d; ++c) {
    one_by_one();
    sum += f.template operator()<Real>(c);
  }
  return sum;
}

/// sum_h = Σ_{c<d} f(h·d + c) for h < heads.
template <class F>
inline void sum_heads(Index heads, Index d, Real* sum, F&& f) {
  Index h = 0;
  if (d == lane_count)
    for (; h + lane_count <= heads; h += lane_count) {
      Lanes part[lane_count];
      for (int n = 0; n < lane_count; ++n)
        part[n] = f.template operator()<Lanes>((h + n) * d);
      store(sum + h, sum_lanes_of_eight(part));
    }
  for (; h < heads; ++h)
    sum[h] = sum_components(d, [&]<class R>(Index c) -> R { return f.template operator()<R>(h * d + c); });
}

template <class R, int count, class F>
inline void add_piece(Real* to, Index c, int first, int last, F&& f) {
  constexpr Index step = sizeof(R) / sizeof(Real);
  R sum[count];
  for (int n = 0; n < count; ++n)
    sum[n] = load<R>(to + c + n * step);
  for (int e = first; e < last; ++e) {
    if constexpr (std::is_same_v<R, Real>) one_by_one();
    for (int n = 0; n < count; ++n)
      sum[n] += f.template operator()<R>(e, c + n * step);
  }
  for (int n = 0; n < count; ++n)
    store(to + c + n * step, sum[n]);
}

/// to_c += Σ_{first≤e<last} f(e, c) for c < d, summed in the order of e.
template <class F>
inline void add_components(Real* to, Index d, int first, int last, F&& f) {
  Index c = 0;
  for (; c + 4 * lane_count <= d; c += 4 * lane_count)
    add_piece<Lanes, 4>(to, c, first, last, f);
  for (; c + lane_count <= d; c += lane_count)
    add_piece<Lanes, 1>(to, c, first, last, f);
  switch (d - c) {
    case 1:
      return add_piece<Real, 1>(to, c, first, last, f);
    case 2:
      return add_piece<Real, 2>(to, c, first, last, f);
    case 3:
      return add_piece<Real, 3>(to, c, first, last, f);
    case 4:
      return add_piece<Real, 4>(to, c, first, last, f);
    case 5:
      return add_piece<Real, 5>(to, c, first, last, f);
    case 6:
      return add_piece<Real, 6>(to, c, first, last, f);
    case 7:
      return add_piece<Real, 7>(to, c, first, last, f);
    default:
      return;
  }
}

/// A loop that asks for no rows ahead: they have been read before.
struct NoneAhead {
  void operator()(int) const {}
};

/// `count` vectors of which each head has `vectors`; to and weight are those of the first head.
template <int count, int vectors, class Ask, class F>
inline void add_piece_of_heads(Real* to, Index c, int first, int last, const Real* weight, Index heads, Ask&& ask,
                               F&& f) {
  Lanes sum[count];
  for (int n = 0; n < count; ++n)
    sum[n] = load<Lanes>(to + c + n * lane_count);
  for (int e = first; e < last; ++e) {
    ask(e);
    for (int n = 0; n < count; ++n)
      sum[n] += weight[e * heads + n / vectors] * f.template operator()<Lanes>(e, c + n * lane_count);
  }
  for (int n = 0; n < count; ++n)
    store(to + c + n * lane_count, sum[n]);
}

/// As add_heads, for heads of a few whole vectors: eight vectors at a time, then four, two and one.
template <int vectors, class Ask, class F>
inline void add_short_heads(Real* to, Index heads, int first, int last, const Real* weight, const Ask& ask, F&& f) {
  Index h = 0;
  const auto add = [&]<int count>() {
    constexpr Index d = vectors * lane_count, some = count / vectors;
    for (; h + some <= heads; h += some) {
      if (h == 0)
        add_piece_of_heads<count, vectors>(to, 0, first, last, weight, heads, ask, f);
      else
        add_piece_of_heads<count, vectors>(to, h * d, first, last, weight + h, heads, NoneAhead{}, f);
    }
  };
  add.template operator()<8>();
  if constexpr (vectors <= 4) add.template operator()<4>();
  if constexpr (vectors <= 2) add.template operator()<2>();
  if constexpr (vectors == 1) add.template operator()<1>();
}

/// to_hc += Σ_{first≤e<last} weight_eh f(e, h·d + c) for all heads of d components, summed in the order of e. ask(e) is
/// called before edge e is read for the first time.
template <class Ask, class F>
inline void add_heads(Real* to, Index heads, Index d, int first, int last, const Real* weight, const Ask& ask, F&& f) {
  if (d == lane_count) return add_short_heads<1>(to, heads, first, last, weight, ask, f);
  if (d == 2 * lane_count) return add_short_heads<2>(to, heads, first, last, weight, ask, f);
  if (d == 4 * lane_count) return add_short_heads<4>(to, heads, first, last, weight, ask, f);
  for (Index h = 0; h < heads; ++h) {
    Index c = 0;
    for (; c + 8 * lane_count <= d; c += 8 * lane_count) {
      if (h == 0 && c == 0)
        add_piece_of_heads<8, 8>(to, 0, first, last, weight, heads, ask, f);
      else
        add_piece_of_heads<8, 8>(to, h * d + c, first, last, weight + h, heads, NoneAhead{}, f);
    }
    add_components(to + h * d + c, d - c, first, last, [&]<class R>(int e, Index more) -> R {
      return weight[e * heads + h] * f.template operator()<R>(e, h * d + c + more);
    });
  }
}

}  // namespace
}  // namespace mercer::cpu
