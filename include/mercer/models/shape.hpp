#pragma once

#include "mercer/base/option_list.hpp"
#include "mercer/models/stack.hpp"

namespace mercer {

/// A stack of attention layers: hidden layers of `heads` heads of width `hidden`, side by side; an output layer has
/// `output_heads` heads with one logit for each class, averaged. Defaults: GAT on Cora.
struct Shape {
  StackOptions stack{};
  Index hidden = 8;
  Index heads = 8;
  Index output_heads = 1;
  bool output_residual = false;

  void declare(OptionList& list) {
    stack.declare(list);
    list.add("hidden", hidden, range::count, "width of each head of a hidden layer");
    list.add("heads", heads, range::count, "heads of a hidden layer, side by side");
    list.add("output-heads", output_heads, range::count, "heads of the output layer, averaged");
    list.add("output-residual", output_residual, "the residual of hidden layers is added to the output layer, too");
  }
};

}  // namespace mercer
