#pragma once

#include "mercer/base/random.hpp"
#include "mercer/layers/layer.hpp"

namespace mercer {

struct LinearOptions {
  Index in = 0;
  Index out = 0;
  bool bias = true;
};

/// y_i = x_i W + b. Knows no neighbours and no dropout, so x is all that it is called with; a sparse x stays sparse.
/// W is drawn by Glorot, b starts at 0.
struct Linear {
  Variable weight;  // [in, out]
  Variable bias;    // [1, out], undefined without one

  Linear(LinearOptions options, Random& random);

  Variable operator()(const Input& x) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
