#pragma once

#include <vector>

#include "mercer/layers/any_layer.hpp"

namespace mercer {

/// x ← x + γ attention(x), with a learned number γ: self-attention alone, without norms, W_O and a feed-forward layer
/// (Rymarczyk, Borowa, Tabor, Zieliński, Kernel Self-Attention for Weakly-supervised Image Classification using Deep
/// Multiple Instance Learning, WACV 2021, section 3). The layer's y has the columns of x. γ starts at 1, or at 0, with
/// which the block starts as the identity; the authors' code has both.
struct ScaledBlock {
  AnyLayer attention;
  Variable factor;  // γ [1, 1]

  explicit ScaledBlock(AnyLayer attention, Real first_factor = 1);

  /// With `operands`, those of the attention layer in this pass are added to it.
  Output operator()(const Neighbourhood& neighbourhood, const Variable& x, Pass& pass,
                    std::vector<Operands>* operands = nullptr) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
