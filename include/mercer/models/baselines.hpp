#pragma once

#include "mercer/base/random.hpp"
#include "mercer/models/model.hpp"
#include "mercer/models/shape.hpp"

namespace mercer {

/// Defaults: Kipf and Welling's GCN on Cora.
struct BaselineOptions {
  Index layers = 2;
  Index hidden = 16;
  Norm norm = Norm::none;
  bool bias = true;
  float input_dropout = 0.5f;          // on the input of every layer
  bool decay_first_layer_only = true;  // weight decay, as the GCN authors do

  void declare(OptionList& list) {
    list.add("layers", layers, range::count, "layers, the output layer included");
    list.add("hidden", hidden, range::count, "width of a hidden layer");
    list.add("norm", norm, norm_choices, "of hidden layers, before their activation");
    list.add_shorthand("dropout", range::share, "the same as input-dropout",
                       [this](double p) { input_dropout = static_cast<float>(p); });
    list.add("input-dropout", input_dropout, range::share, "dropout on the input of every layer");
    list.add("bias", bias, "a bias in the output of every layer");
    list.add("decay-first-layer-only", decay_first_layer_only, "weight decay on the first layer alone");
  }
};

/// GraphConvolution layers with ReLU between
/// (Kipf and Welling, Semi-Supervised Classification with Graph Convolutional Networks, ICLR 2017, equation 9).
/// The graph should hold loops.
Model gcn(const BaselineOptions& options, Index features, Index classes, Random& random);

/// The same layers without the graph: a multilayer perceptron on the features.
Model mlp(const BaselineOptions& options, Index features, Index classes, Random& random);

}  // namespace mercer
