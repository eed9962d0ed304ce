#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include "mercer/layers/operands.hpp"

namespace mercer {

/// A layer of any kind, by its functions (see layer.hpp). Copies share its parameters.
struct AnyLayer {
  std::function<Output(const Neighbourhood&, const Input&, Pass&)> call;
  std::function<Operands(const Neighbourhood&, const Input&, Pass&)> operands;  // empty unless the layer attends
  std::function<Parameters(const std::string& prefix)> parameters;

  template <class Layer>
  requires(!std::same_as<std::remove_cvref_t<Layer>, AnyLayer>) AnyLayer(Layer layer)
      : call([layer](const Neighbourhood& neighbourhood, const Input& x, Pass& pass) {
          return layer(neighbourhood, x, pass);
        }),
        parameters([layer](const std::string& prefix) { return layer.parameters(prefix); }) {
    if constexpr (Attending<Layer>)
      operands = [layer = std::move(layer)](const Neighbourhood& neighbourhood, const Input& x, Pass& pass) {
        return layer.operands(neighbourhood, x, pass);
      };
  }
};

}  // namespace mercer
