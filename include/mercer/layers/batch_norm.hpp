#pragma once

#include "mercer/layers/layer.hpp"

namespace mercer {

struct BatchNormOptions {
  Index width = 0;
  Real epsilon = Real(1e-5);  // above 0
  Real momentum = Real(0.1);  // share of a batch in the running statistics
};

/// y_i = γ ∘ (x_i − mean) / √(variance + ε) + β, mean and variance over all nodes: of the batch in training, whose
/// statistics join the running ones as running ← (1 − momentum) running + momentum · batch (variance by n − 1), and the
/// running ones in inference. Ioffe and Szegedy: Batch Normalization, ICML 2015; PyTorch's BatchNorm1d. γ starts at 1,
/// β at 0; neither decays. On a part of a graph the statistics are those of all parts. Training on a single node throws
/// ValueError: it has no variance.
struct BatchNorm {
  BatchNormOptions options;
  Variable weight;            // γ [1, width]
  Variable bias;              // β [1, width]
  Variable running_mean;      // [1, width], at first 0
  Variable running_variance;  // [1, width], at first 1

  explicit BatchNorm(BatchNormOptions options);

  Variable operator()(const Neighbourhood& neighbourhood, const Variable& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
  Parameters buffers(const std::string& prefix = "") const;  // the running statistics
};

}  // namespace mercer
