#include "backend/cpu/tiles/distances.hpp"

#include <cmath>

#include "backend/cpu/blocks.hpp"
#include "mercer/kernel/loops/components.hpp"

namespace mercer::cpu::tiles {
namespace {

constexpr Real near_share = Real(1) / 64;

/// A column with a value that isn't finite is left where it is: it must not reach the other rows.
std::vector<Real> column_means(ConstView x) {
  std::vector<Real> mean(static_cast<std::size_t>(x.columns), Real(0));
  sum_blocks(x.rows, rows_per_block(x.columns), View{mean.data(), 1, x.columns},
             [&](Index first, Index last, Real* partial) {
               for (Index i = first; i < last; ++i)
                 for (Index c = 0; c < x.columns; ++c)
                   partial[c] += x(i, c);
             });
  for (Real& each : mean) {
    each /= static_cast<Real>(std::max<Index>(x.rows, 1));
    if (!std::isfinite(each)) each = 0;
  }
  return mean;
}

/// ‖x_i − centre‖² of each head; [h, ≥ n].
Tensor squares(ConstView x, Index heads, const Real* centre) {
  const Index d = x.columns / heads;
  Tensor sums(heads, whole_panels(x.rows));
  parallel_rows(x.rows, x.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Real *row = x.row(i) + h * d, *middle = centre + h * d;
        sums(h, i) = sum_components(d, [&]<class R>(Index c) -> R {
          const R difference = load<R>(row + c) - load<R>(middle + c);
          return difference * difference;
        });
      }
  });
  return sums;
}

Real squared_distance(const Real* x, const Real* z, Index d) {
  return sum_components(d, [&]<class R>(Index c) -> R {
    const R difference = load<R>(x + c) - load<R>(z + c);
    return difference * difference;
  });
}

/// t = max(0, x + z − 2 t) of one row. Returns true when some t is below its share of x + z.
bool add_squares(Real x, const Real* z, Index count, Real* t) {
  Lanes least{};
  for (Index c = 0; c < count; c += lane_count) {
    const Lanes sum = x + load<Lanes>(z + c), found = sum - 2 * load<Lanes>(t + c), zero{};
    const Lanes margin = found - near_share * sum;
    store(t + c, found <= zero ? zero : found);  // keeps NaN
    least = margin < least ? margin : least;
  }
  bool is_near = false;
  for (int l = 0; l < lane_count; ++l)
    is_near |= least[l] < 0;
  return is_near;
}

}  // namespace

Distances::Distances(ConstView near, ConstView far, ConstView sources, Index heads)
    : near_(near),
      far_(far),
      width_(near.columns / heads),
      centre_(column_means(sources)),
      near_squares_(squares(near, heads, centre())),
      far_squares_(squares(far, heads, centre())) {}

void Distances::from_products(const ScoreTile& tile, Index h, Real* t) const {
  const Real* z = far_squares_.row(h) + tile.first;
  for (Index r = 0; r < tile.rows(); ++r, t += tile.columns) {
    const Index i = tile.block.first + r;
    const Real x = near_squares_(h, i);
    if (!add_squares(x, z, tile.columns, t)) continue;
    for (Index c = tile.begin(r); c < tile.end(r); ++c)
      if (t[c] < near_share * (x + z[c]))
        t[c] = squared_distance(near_.row(i) + h * width_, far_.row(tile.first + c) + h * width_, width_);
  }
}

}  // namespace mercer::cpu::tiles
