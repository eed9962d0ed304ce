#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/layers/operands.hpp"
#include "mercer/models/neighbourhoods.hpp"

namespace mercer {

/// A model as training uses it: named parameters and one call.
/// `forward` maps [n, features] to logits [n, classes]; of a list of blocks, x of the outermost block's sources to
/// logits of the innermost one's targets.
struct Model {
  Parameters parameters;
  Parameters buffers{};  // values that are saved with the parameters and not optimised
  std::function<Output(const Neighbourhoods&, const Input&, Pass&)> forward;
  /// The operands of each attention layer, as `forward` makes them with the same pass. Empty for models without
  /// attention.
  std::function<std::vector<Operands>(const Neighbourhoods&, const Input&, Pass&)> operands;
  /// The input of the last layer, [n, hidden], as `forward` makes it with the same pass. Empty for a single layer,
  /// whose input is x.
  std::function<Variable(const Neighbourhoods&, const Input&, Pass&)> hidden{};
  /// Takes into the buffers what the model keeps of rows that train, by the seed, before the first step: landmarks.
  /// Rows of x [n, features] of other numbers are not read. Empty for models that keep none.
  std::function<void(const Input& x, std::span<const Node> train, std::uint64_t seed)> take_rows{};
  /// What is left of a sparse model, in words; empty for others.
  std::function<std::string()> in_words{};
};

/// The operands of the model's attention layers in inference, without a tape.
inline std::vector<Operands> inference_operands(const Model& model, const Neighbourhoods& neighbourhoods,
                                                const Input& x) {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  return model.operands(neighbourhoods, x, pass);
}

/// The nodes' representation before the last layer, [n, hidden], in inference and without a tape. Throws ValueError for
/// a model of one layer.
inline Variable hidden_outputs(const Model& model, const Neighbourhoods& neighbourhoods, const Input& x) {
  require(static_cast<bool>(model.hidden), "hidden_outputs",
          "the model has one layer, which reads the features: want two layers or more");
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  return model.hidden(neighbourhoods, x, pass);
}

/// Moves parameters and buffers; the model then computes on that device.
inline void move_to(const Model& model, Device device) {
  for (const Parameters* values : {&model.parameters, &model.buffers})
    for (Parameter p : *values)
      p.variable.move_to(device);
}

}  // namespace mercer
