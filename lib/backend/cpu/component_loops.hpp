#pragma once

#include "mercer/base/types.hpp"

/// The two inner loops of every edge operator, over the components of a head: a sum of terms per edge, and a
/// weighted sum of rows. Widths are cut into pieces whose length the compiler knows.
namespace mercer::cpu {

template <int W, class F>
inline Real sum_piece(F&& f) {
  Real sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int c = 0; c < W; ++c)
    sum += f(c);
  return sum;
}

/// Σ_{c<d} f(c)
template <class F>
inline Real sum_components(Index d, F&& f) {
  Real sum = 0;
  Index c = 0;
  const auto from = [&](Index start) { return [&f, start](int at) { return f(start + at); }; };
  for (; c + 16 <= d; c += 16)
    sum += sum_piece<16>(from(c));
  if (c + 8 <= d) {
    sum += sum_piece<8>(from(c));
    c += 8;
  }
  for (; c < d; ++c)
    sum += f(c);
  return sum;
}

template <int W, class F>
inline void add_piece(Real* to, int first, int last, F&& f) {
  Real sum[W];
  for (int c = 0; c < W; ++c)
    sum[c] = to[c];
  for (int e = first; e < last; ++e) {
#pragma omp simd
    for (int c = 0; c < W; ++c)
      sum[c] += f(e, c);
  }
  for (int c = 0; c < W; ++c)
    to[c] = sum[c];
}

/// to_c += Σ_{first≤e<last} f(e, c) for c < d, summed in the order of e.
template <class F>
inline void add_components(Real* to, Index d, int first, int last, F&& f) {
  Index c = 0;
  const auto from = [&](Index start) { return [&f, start](int e, int at) { return f(e, start + at); }; };
  for (; c + 16 <= d; c += 16)
    add_piece<16>(to + c, first, last, from(c));
  if (c + 8 <= d) {
    add_piece<8>(to + c, first, last, from(c));
    c += 8;
  }
  switch (d - c) {
    case 1:
      return add_piece<1>(to + c, first, last, from(c));
    case 2:
      return add_piece<2>(to + c, first, last, from(c));
    case 3:
      return add_piece<3>(to + c, first, last, from(c));
    case 4:
      return add_piece<4>(to + c, first, last, from(c));
    case 5:
      return add_piece<5>(to + c, first, last, from(c));
    case 6:
      return add_piece<6>(to + c, first, last, from(c));
    case 7:
      return add_piece<7>(to + c, first, last, from(c));
    default:
      return;
  }
}

}  // namespace mercer::cpu
