#pragma once

#include <cstdint>

#include "backend/cpu/tiles/tile_pass.hpp"

namespace mercer::cpu::tiles {

/// The terms of s_ij that are no sum of one of the row and one of the column:
/// mask_ij (query_bias_i + key_bias_j) and relative_bias(i − j).
class PairBias {
 public:
  explicit PairBias(const TilePass& pass);

  explicit operator bool() const { return is_masked() || table_.size() > 0; }
  bool is_masked() const { return pass_.terms.magnitude_dropout.active(); }
  /// Writes them for a tile. `mask`: of draw_masks, bit `bit` is of head h. bias [rows, columns].
  void fill(const ScoreTile& tile, Index h, const std::uint8_t* mask, Index bit, Real* bias) const;
  /// drelative [2 L + 1, h] += ds of head h, within the rows' runs.
  void add_gradient(const ScoreTile& tile, Index h, const Real* ds, Real* drelative) const;

 private:
  Index row_of(Index near, Index far) const;

  const TilePass& pass_;
  Tensor near_, far_;  // [h, ≥ rows or columns]  without a bias of that end empty; with a mask only
  Tensor table_;       // [h, 2 L + 1]
};

}  // namespace mercer::cpu::tiles
