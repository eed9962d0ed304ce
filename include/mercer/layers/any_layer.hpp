#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

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

  /// Appends the operands that call() will have in this pass, whose draws it leaves as they are; nothing where `all` is
  /// null or the layer doesn't attend.
  void append_operands(const Neighbourhood& neighbourhood, const Input& x, const Pass& pass,
                       std::vector<Operands>* all) const {
    if (all == nullptr || !operands) return;
    Pass same = pass;
    all->push_back(operands(neighbourhood, x, same));
  }
};

}  // namespace mercer
