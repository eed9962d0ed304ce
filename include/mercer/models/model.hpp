#pragma once

#include <functional>
#include <vector>

#include "mercer/layers/layer.hpp"

namespace mercer {

/// What training sees of any model: its parameters, each with a name of its own, and one call.
/// `forward` maps [n, features] to logits [n, classes].
struct Model {
  Parameters parameters;
  std::function<Output(const Neighbourhood&, const Input&, Pass&)> forward;
  /// α of each attention layer [edges, h] on the given input, in slot order; empty for models without attention.
  std::function<std::vector<Tensor>(const Neighbourhood&, const Input&)> attention;
};

}  // namespace mercer
