#pragma once

#include "mercer/layers/layer.hpp"

namespace mercer {

struct LayerNormOptions {
  Index width = 0;
  Real epsilon = Real(1e-5);  // above 0
};

/// y_i = γ ∘ (x_i − mean_i) / √(variance_i + ε) + β, mean and variance (by d) over the columns of a row.
/// Ba, Kiros, Hinton: Layer Normalization, 2016, section 3; PyTorch's LayerNorm. γ starts at 1, β at 0; neither decays.
struct LayerNorm {
  LayerNormOptions options;
  Variable weight;  // γ [1, width]
  Variable bias;    // β [1, width]

  explicit LayerNorm(LayerNormOptions options);

  Variable operator()(const Variable& x) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
