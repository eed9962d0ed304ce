#pragma once

#include <functional>
#include <vector>

#include "mercer/layers/operands.hpp"

namespace mercer {

/// What training sees of any model: its parameters, each with a name of its own, and one call.
/// `forward` maps [n, features] to logits [n, classes].
struct Model {
  Parameters parameters;
  Parameters buffers{};  // values that are saved with the parameters and not optimised
  std::function<Output(const Neighbourhood&, const Input&, Pass&)> forward;
  /// The operands of each attention layer as they are in `forward` with the same pass: what α, its factors and its
  /// kernel are functions of. Empty for models without attention.
  std::function<std::vector<Operands>(const Neighbourhood&, const Input&, Pass&)> operands;
};

/// The operands of its attention layers in inference, without a tape.
inline std::vector<Operands> inference_operands(const Model& model, const Neighbourhood& neighbourhood,
                                                const Input& x) {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  return model.operands(neighbourhood, x, pass);
}

/// Its parameters and buffers, and with them all that it computes.
inline void move_to(const Model& model, Device device) {
  for (const Parameters* values : {&model.parameters, &model.buffers})
    for (Parameter p : *values)
      p.variable.move_to(device);
}

}  // namespace mercer
