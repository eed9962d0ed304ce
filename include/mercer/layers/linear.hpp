#pragma once

#include "mercer/base/random.hpp"
#include "mercer/layers/layer.hpp"

namespace mercer {

struct LinearOptions {
  Index in = 0;
  Index out = 0;
  bool bias = true;
};

/// y_i = x_i W + b, without neighbours or dropout. A sparse x is not made dense.
/// W starts with Glorot's values, b at 0.
struct Linear {
  Variable weight;  // [in, out]
  Variable bias;    // [1, out], undefined without one

  Linear(LinearOptions options, Random& random);

  Variable operator()(const Input& x) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
