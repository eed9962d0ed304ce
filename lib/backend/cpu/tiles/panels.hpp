#pragma once

#include "backend/cpu/tiles/product.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cpu::tiles {

/// The heads of x − centre, x [n, h*d], as the matrices [n, d] in panels; d is padded by zeros. `centre` is [h*d], or
/// null for 0.
class HeadPanels {
 public:
  HeadPanels() = default;
  HeadPanels(ConstView x, Index heads, const Real* centre = nullptr);
  /// Head h from row `first` on.
  Panels at(Index h, Index first) const;

 private:
  Index panels_ = 0;  // of a head
  Tensor data_;       // [h * panels, n * 8]
};

/// The same, transposed: the matrices [d, n], where n is padded by zeros.
class TransposedPanels {
 public:
  TransposedPanels() = default;
  TransposedPanels(ConstView x, Index heads, const Real* centre = nullptr);
  /// Head h from column `first` on, a multiple of eight.
  Panels at(Index h, Index first) const;

 private:
  Index panels_ = 0;  // of a head
  Tensor data_;       // [h * panels, d * 8]
};

/// xᵀ with rows padded by zeros to whole panels: [h, ≥ n] of x [n, h].
Tensor rows_of_heads(ConstView x);

}  // namespace mercer::cpu::tiles
