#include <algorithm>
#include <array>
#include <numbers>
#include <vector>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/head_product.hpp"
#include "backend/cpu/turns.hpp"
#include "backend/dense_ops.hpp"

namespace mercer::cpu {
namespace {

constexpr Index rows_at_once = 4;

/// Stores [cos 2πu | sin 2πu] of a row and a head, the sum over the sets; the turns of the sets lie `apart` values.
void sum_of_sets(const Real* u, Index sets, Index apart, Index count, Real* cosines) {
  for_each_piece<1>(count, [&]<class R, int>(Index m) {
    SinCos<R> sum = sin_cos_of_turns(load<R>(u + m));
    for (Index s = 1; s < sets; ++s) {
      const SinCos<R> of = sin_cos_of_turns(load<R>(u + s * apart + m));
      sum.cos += of.cos, sum.sin += of.sin;
    }
    store(cosines + m, sum.cos);
    store(cosines + count + m, sum.sin);
  });
}

/// Replaces u by g_m = ∂L/∂u_m = 2π (−sin 2πu_m · G_m + cos 2πu_m · G_{M+m}).
void turn_gradients(const Real* G, Index count, Real* u) {
  constexpr Real full = 2 * std::numbers::pi_v<Real>;
  for_each_piece<1>(count, [&]<class R, int>(Index m) {
    const SinCos<R> of = sin_cos_of_turns(load<R>(u + m));
    store<R>(u + m, full * (of.cos * load<R>(G + count + m) - of.sin * load<R>(G + m)));
  });
}

/// The rows that are processed together.
struct Batch {
  std::array<Index, HeadRows::capacity> row;
  int rows = 0;
};

bool any_not_zero(const Real* x, Index count) {
  int found = 0;
#pragma omp simd reduction(| : found)
  for (Index c = 0; c < count; ++c)
    found |= x[c] != 0;
  return found != 0;
}

/// The rows of a gradient that are not all zero; with a loss on few nodes most rows are zero. The heads are checked one
/// after the other, since the first one usually decides.
std::vector<unsigned char> alive_rows(ConstView dphi, Index heads) {
  std::vector<unsigned char> alive(static_cast<std::size_t>(dphi.rows));
  const Index width = dphi.columns / heads;
  parallel_ranges(dphi.rows, rows_of_block, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads && alive[static_cast<std::size_t>(i)] == 0; ++h)
        alive[static_cast<std::size_t>(i)] = any_not_zero(dphi.row(i) + h * width, width) ? 1 : 0;
  });
  return alive;
}

/// g [HeadRows::capacity, M] is scratch memory for the gradients of the projections.
void add_backward_of_rows(const Batch& batch, ConstView x, ConstView w, const HeadSizes& n, ConstView dphi, View dx,
                          Real* g, Real* dw) {
  for (Index h = 0; h < n.heads; ++h) {
    HeadRows at;
    for (int r = 0; r < batch.rows; ++r) {
      const Index i = batch.row[static_cast<std::size_t>(r)];
      const Real* xh = x.row(i) + h * n.d;
      Real* mine = g + r * n.count;
      head_times_rows<1>({xh, 1, x.columns}, w.row(h * n.d), n, {mine, 1, n.count});
      turn_gradients(dphi.row(i) + h * 2 * n.count, n.count, mine);
      at.add(xh, dx.row(i) + h * n.d, mine);
    }
    head_times_backward(at, w.row(h * n.d), n, dw + h * n.d * n.count);
  }
}

void add_backward_of_set(ConstView x, ConstView w, Index heads, ConstView dphi, const std::vector<unsigned char>& alive,
                         View dx, View dw) {
  const HeadSizes n = head_sizes(x, w, heads);
  sum_blocks(x.rows, rows_of_partial_sum, dw, [&](Index first, Index last, Real* partial) {
    std::vector<Real> g(static_cast<std::size_t>(HeadRows::capacity * n.count));
    Batch batch;
    for (Index i = first; i < last; ++i) {
      if (alive[static_cast<std::size_t>(i)] != 0) batch.row[static_cast<std::size_t>(batch.rows++)] = i;
      if (batch.rows < HeadRows::capacity && i + 1 < last) continue;
      add_backward_of_rows(batch, x, w, n, dphi, dx, g.data(), partial);
      batch.rows = 0;
    }
  });
}

}  // namespace

void fourier_features(ConstView x, std::span<const ConstView> w, Index heads, View phi) {
  const HeadSizes n = head_sizes(x, w.front(), heads);
  const Index sets = static_cast<Index>(w.size()), apart = rows_at_once * n.count;
  parallel_ranges(x.rows, rows_of_block, [&](Index first, Index last) {
    std::vector<Real> u(static_cast<std::size_t>(sets * apart));
    for (Index begin = first; begin < last; begin += rows_at_once)
      for (Index h = 0; h < heads; ++h) {
        const Index rows = std::min(rows_at_once, last - begin);
        for (Index s = 0; s < sets; ++s)
          head_times({x.row(begin) + h * n.d, rows, x.columns}, w[static_cast<std::size_t>(s)].row(h * n.d), n,
                     {u.data() + s * apart, rows, n.count});
        for (Index r = 0; r < rows; ++r)
          sum_of_sets(u.data() + r * n.count, sets, apart, n.count, phi.row(begin + r) + h * 2 * n.count);
      }
  });
}

void fourier_features_backward(ConstView x, std::span<const ConstView> w, Index heads, ConstView dphi, View dx,
                               std::span<const View> dw) {
  std::fill_n(dx.data, dx.size(), Real(0));
  const std::vector<unsigned char> alive = alive_rows(dphi, heads);
  for (std::size_t s = 0; s < w.size(); ++s)
    add_backward_of_set(x, w[s], heads, dphi, alive, dx, dw[s]);
}

}  // namespace mercer::cpu
