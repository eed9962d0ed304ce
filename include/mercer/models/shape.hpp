#pragma once

#include "mercer/base/types.hpp"

namespace mercer {

/// The normalisation of a hidden layer before its activation.
enum class Norm { none, layer };

/// The sizes of a model of attention layers: hidden layers of `heads` heads of width `hidden`, side by side, then an
/// output layer of `output_heads` heads with one logit for each class, averaged. Defaults: GAT on Cora.
struct Shape {
  Index layers = 2;
  Index hidden = 8;
  Index heads = 8;
  Index output_heads = 1;
  Norm norm = Norm::none;
};

}  // namespace mercer
