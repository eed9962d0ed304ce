#pragma once

#include <optional>

#include "mercer/base/random.hpp"
#include "mercer/layers/attention_layer.hpp"
#include "mercer/layers/linear.hpp"

namespace mercer {

/// The last step of every attention layer: y = join(heads) + b + residual(x), heads [n, h*d], y [n, h*d] or [n, d].
struct JoinHeads {
  Index heads;
  Join join;
  bool adds_input;                   // the residual is x itself
  Variable bias;                     // [1, out], undefined without one
  std::optional<Linear> projection;  // the residual is x W + b

  JoinHeads(const AttentionLayerOptions& layer, Random& random);

  Variable operator()(const Variable& heads_of_y, const Input& x) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
