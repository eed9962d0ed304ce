#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "mercer/layers/layer_norm.hpp"
#include "mercer/models/model.hpp"

namespace mercer {

using Activation = Variable (*)(const Variable&);

/// The functions applied to a hidden layer's output: its norm, if any, then the activation.
struct Between {
  Activation activation;
  std::vector<LayerNorm> norms{};  // one for each hidden layer, or none at all

  Variable operator()(std::size_t layer, const Variable& y) const {
    return activation(norms.empty() ? y : norms.at(layer)(y));
  }
};

/// The operands of every layer. Layers attend with the same draws as in forward.
template <Attending Layer>
std::vector<Operands> operands_of(const std::vector<Layer>& layers, const Between& between,
                                  const Neighbourhood& neighbourhood, const Input& x, Pass& pass) {
  std::vector<Operands> all;
  Input h = x;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    Pass same = pass;
    all.push_back(layers[l].operands(neighbourhood, h, same));
    if (l + 1 < layers.size()) h = between(l, layers[l](neighbourhood, h, pass).y);
  }
  return all;
}

/// x ← activation(norm(layer(x))) for every layer, the last one without norm and activation. Penalties add up.
/// Parameters are named "layer1.weight", "norm1.weight" and so on.
template <class Layer>
Model stack(std::vector<Layer> layers, Between between) {
  Model model;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    append(model.parameters, layers[l].parameters("layer" + std::to_string(l + 1) + "."));
    if (l < between.norms.size())
      append(model.parameters, between.norms[l].parameters("norm" + std::to_string(l + 1) + "."));
  }

  model.operands = [layers, between](const Neighbourhood& neighbourhood, const Input& x, Pass& pass) {
    if constexpr (Attending<Layer>)
      return operands_of(layers, between, neighbourhood, x, pass);
    else
      return std::vector<Operands>();
  };
  if (layers.size() > 1)
    model.hidden = [layers, between](const Neighbourhood& neighbourhood, const Input& x, Pass& pass) {
      Variable h = between(0, layers[0](neighbourhood, x, pass).y);
      for (std::size_t l = 1; l + 1 < layers.size(); ++l)
        h = between(l, layers[l](neighbourhood, h, pass).y);
      return h;
    };
  model.forward = [layers = std::move(layers), between = std::move(between)](const Neighbourhood& neighbourhood,
                                                                             const Input& x, Pass& pass) {
    Input h = x;
    Output out;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const auto [y, penalty] = layers[l](neighbourhood, h, pass);
      if (penalty) out.penalty = out.penalty ? add(out.penalty, penalty) : penalty;
      out.y = l + 1 == layers.size() ? y : between(l, y);
      h = out.y;
    }
    return out;
  };
  return model;
}

}  // namespace mercer
