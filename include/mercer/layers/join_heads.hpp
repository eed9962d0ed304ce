#pragma once

#include <optional>

#include "mercer/base/random.hpp"
#include "mercer/layers/linear.hpp"

namespace mercer {

struct JoinHeadsOptions {
  Index in = 0;  // width of the layer's x, for the residual
  Index heads = 1;
  Index width = 0;  // of one head
  Join join = Join::concat;
  bool bias = true;
  Residual residual = Residual::none;
};

/// The last step of every attention layer: y = join(heads) + b + residual(x), heads [n, h*d], y [n, h*d] or [n, d].
struct JoinHeads {
  Index heads;
  Join join;
  bool adds_input;                   // the residual is x itself
  Variable bias;                     // [1, out], undefined without one
  std::optional<Linear> projection;  // the residual is x W + b

  JoinHeads(JoinHeadsOptions options, Random& random);

  Variable operator()(const Variable& heads_of_y, const Input& x) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
