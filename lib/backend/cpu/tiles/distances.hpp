#pragma once

#include <vector>

#include "backend/cpu/tiles/score_tile.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cpu::tiles {

/// t = ‖x − z‖² by products of matrices: ‖x − c‖² + ‖z − c‖² − 2 ⟨x − c, z − c⟩, c the mean of the sources. Rounding
/// leaves an error of about ε (‖x − c‖² + ‖z − c‖²), which is why the centre is taken out. Pairs that are nearer than
/// 1/64 of that sum are computed again from their differences; so t is right to about 64 ε, and 0 where x = z.
class Distances {
 public:
  /// near [n, h*d], far [m, h*d]; `sources` is one of them.
  Distances(ConstView near, ConstView far, ConstView sources, Index heads);
  const Real* centre() const { return centre_.data(); }  // [h*d]
  /// Replaces t, the products of a tile, by distances.
  void from_products(const ScoreTile& tile, Index h, Real* t) const;

 private:
  ConstView near_, far_;
  Index width_;  // of a head
  std::vector<Real> centre_;
  Tensor near_squares_, far_squares_;  // [h, ≥ n], [h, ≥ m], less the centre
};

}  // namespace mercer::cpu::tiles
