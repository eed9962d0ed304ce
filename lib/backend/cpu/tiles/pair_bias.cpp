#include "backend/cpu/tiles/pair_bias.hpp"

#include <algorithm>
#include <utility>

#include "backend/relative_row.hpp"

namespace mercer::cpu::tiles {
namespace {

Tensor heads_of(ConstView x) { return x.data != nullptr ? rows_of_heads(x) : Tensor(); }

}  // namespace

PairBias::PairBias(const TilePass& pass) : pass_(pass), table_(heads_of(pass.terms.relative_bias)) {
  if (!is_masked()) return;
  near_ = heads_of(pass.terms.query_bias), far_ = heads_of(pass.terms.key_bias);
  if (!pass.over_rows) std::swap(near_, far_);
}

Index PairBias::row_of(Index near, Index far) const {
  const Index rows = pass_.terms.relative_bias.rows;
  return pass_.over_rows ? relative_row(rows, near, far) : relative_row(rows, far, near);
}

void PairBias::fill(const ScoreTile& tile, Index h, const std::uint8_t* mask, Index bit, Real* bias) const {
  std::fill_n(bias, tile.count(), Real(0));
  for (Index r = 0; r < tile.rows(); ++r) {
    const Index row = tile.block.first + r, begin = tile.begin(r), end = tile.end(r);
    Real* mine = bias + r * tile.columns;
    if (is_masked()) {
      const Real own = near_.empty() ? Real(0) : near_(h, row);
      for (Index c = begin; c < end; ++c)
        mine[c] = far_.empty() ? own : own + far_(h, tile.first + c);
    }
  }
  if (is_masked()) drop(tile, pass_.terms.magnitude_dropout, mask, bit, bias);
  for (Index r = 0; table_.size() > 0 && r < tile.rows(); ++r)
    for (Index c = tile.begin(r); c < tile.end(r); ++c)
      bias[r * tile.columns + c] += table_(h, row_of(tile.block.first + r, tile.first + c));
}

void PairBias::add_gradient(const ScoreTile& tile, Index h, const Real* ds, Real* drelative) const {
  const Index heads = pass_.terms.heads;
  for (Index r = 0; r < tile.rows(); ++r)
    for (Index c = tile.begin(r); c < tile.end(r); ++c)
      drelative[row_of(tile.block.first + r, tile.first + c) * heads + h] += ds[r * tile.columns + c];
}

}  // namespace mercer::cpu::tiles
