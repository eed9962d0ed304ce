#pragma once

#include <functional>
#include <vector>

#include "mercer/layers/layer.hpp"

namespace mercer {

/// What training sees of any model: its parameters, each with a name of its own, and one call.
/// `forward` maps [n, features] to logits [n, classes].
struct Model {
  Parameters parameters;
  Parameters buffers{};  // values that are saved with the parameters and not optimised
  std::function<Output(const Neighbourhood&, const Input&, Pass&)> forward;
  /// α of each attention layer [edges, h] on the given input, in slot order; empty for models without attention.
  std::function<std::vector<Tensor>(const Neighbourhood&, const Input&)> attention;
  /// The same, taken apart into similarity and magnitude.
  std::function<std::vector<Factors>(const Neighbourhood&, const Input&)> factors;
  /// The kernel of each attention layer and where that layer asks it on the given input.
  std::function<std::vector<KernelProbe>(const Neighbourhood&, const Input&)> probes;
};

/// Its parameters and buffers, and with them all that it computes.
inline void move_to(const Model& model, Device device) {
  for (const Parameters* values : {&model.parameters, &model.buffers})
    for (Parameter p : *values)
      p.variable.move_to(device);
}

}  // namespace mercer
