#pragma once

#include "mercer/autograd/functions.hpp"
#include "mercer/base/option_list.hpp"
#include "mercer/models/stack.hpp"

namespace mercer {

/// The normalisation of a hidden layer before its activation.
enum class Norm { none, layer };
inline constexpr Choice<Norm> norm_choices[]{{"none", Norm::none}, {"layer", Norm::layer}};

inline constexpr Choice<Activation> activation_choices[]{{"elu", elu}, {"relu", relu}, {"gelu", gelu}};

/// The sizes of a model of attention layers: hidden layers of `heads` heads of width `hidden`, side by side, then an
/// output layer of `output_heads` heads with one logit for each class, averaged. Defaults: GAT on Cora.
struct Shape {
  Index layers = 2;
  Index hidden = 8;
  Index heads = 8;
  Index output_heads = 1;
  Norm norm = Norm::none;
  Activation activation = elu;  // after each hidden layer

  void declare(OptionList& list) {
    list.add("layers", layers, range::count, "layers, the output layer included");
    list.add("hidden", hidden, range::count, "width of each head of a hidden layer");
    list.add("heads", heads, range::count, "heads of a hidden layer, side by side");
    list.add("output-heads", output_heads, range::count, "heads of the output layer, averaged");
    list.add("norm", norm, norm_choices, "of hidden layers, before their activation");
    list.add("activation", activation, activation_choices, "after each hidden layer");
  }
};

}  // namespace mercer
