#pragma once

#include "mercer/base/random.hpp"
#include "mercer/layers/attention_layer.hpp"
#include "mercer/models/stack.hpp"

namespace mercer {

/// Defaults: Kipf and Welling's GCN on Cora.
struct BaselineOptions {
  StackOptions stack{.activation = relu};
  Index hidden = 16;
  bool bias = true;
  Residual residual = Residual::none;  // of hidden layers
  float input_dropout = 0.5f;          // on the input of every layer
  bool decay_first_layer_only = true;  // weight decay, as the GCN authors do

  void declare(OptionList& list) {
    stack.declare(list);
    list.add("hidden", hidden, range::count, "width of a hidden layer");
    list.add_shorthand("dropout", range::share, "the same as input-dropout",
                       [this](double p) { input_dropout = static_cast<float>(p); });
    list.add("input-dropout", input_dropout, range::share, "dropout on the input of every layer");
    list.add("bias", bias, "a bias in the output of every layer");
    list.add("residual", residual, residual_choices, "added to hidden layers");
    list.add("decay-first-layer-only", decay_first_layer_only, "weight decay on the first layer alone");
  }
};

/// A stack of GraphConvolution layers
/// (Kipf and Welling, Semi-Supervised Classification with Graph Convolutional Networks, ICLR 2017, equation 9).
/// The graph should hold loops.
Model gcn(const BaselineOptions& options, Index features, Index classes, Random& random);

/// SageConvolution layers: means over neighbours beside the node itself
/// (Hamilton, Ying, Leskovec, Inductive Representation Learning on Large Graphs, NeurIPS 2017, algorithm 1).
Model sage(const BaselineOptions& options, Index features, Index classes, Random& random);

/// The same stack without the graph: a multilayer perceptron on the features.
Model mlp(const BaselineOptions& options, Index features, Index classes, Random& random);

}  // namespace mercer
