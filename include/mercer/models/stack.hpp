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

/// A layer that can tell its α, what α is made of, and its kernel.
template <class Layer>
concept Attending = requires(const Layer& layer, const Neighbourhood& neighbourhood, const Input& x) {
  { layer.attention(neighbourhood, x) } -> std::same_as<Tensor>;
  { layer.factors(neighbourhood, x) } -> std::same_as<Factors>;
  { layer.probe(neighbourhood, x) } -> std::same_as<KernelProbe>;
};

/// What a hidden layer's output goes through: its own norm, if there are norms, then the activation.
struct Between {
  Activation activation;
  std::vector<LayerNorm> norms{};  // one for each hidden layer, or none at all

  Variable operator()(std::size_t layer, const Variable& y) const {
    return activation(norms.empty() ? y : norms.at(layer)(y));
  }
};

/// What `ask(layer, neighbourhood, x)` says of every layer, x being what the layer is given in inference.
template <class Answer, class Layer, class Ask>
auto ask_layers(const std::vector<Layer>& layers, const Between& between, Ask ask) {
  return [=](const Neighbourhood& neighbourhood, const Input& x) {
    const NoGrad no_tape;
    Pass pass = Pass::inference();
    std::vector<Answer> answers;
    Input h = x;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      answers.push_back(ask(layers[l], neighbourhood, h));
      if (l + 1 < layers.size()) h = between(l, layers[l](neighbourhood, h, pass).y);
    }
    return answers;
  };
}

/// x ← activation(norm(layer(x))) for every layer, the last one without norm and activation. Penalties add up.
/// Parameters are named "layer1.weight", "norm1.weight" and so on; the model tells the α of layers that attend.
template <class Layer>
Model stack(std::vector<Layer> layers, Between between) {
  Model model;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    append(model.parameters, layers[l].parameters("layer" + std::to_string(l + 1) + "."));
    if (l < between.norms.size())
      append(model.parameters, between.norms[l].parameters("norm" + std::to_string(l + 1) + "."));
  }

  if constexpr (requires { &Layer::attention; }) {
    static_assert(Attending<Layer>, "a layer that attends tells its factors and its kernel too");
    model.attention = ask_layers<Tensor>(layers, between, std::mem_fn(&Layer::attention));
    model.factors = ask_layers<Factors>(layers, between, std::mem_fn(&Layer::factors));
    model.probes = ask_layers<KernelProbe>(layers, between, std::mem_fn(&Layer::probe));
  } else {
    model.attention = [](const Neighbourhood&, const Input&) { return std::vector<Tensor>(); };
    model.factors = [](const Neighbourhood&, const Input&) { return std::vector<Factors>(); };
    model.probes = [](const Neighbourhood&, const Input&) { return std::vector<KernelProbe>(); };
  }

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
