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
};

/// GraphConvolution layers with ReLU between
/// (Kipf and Welling, Semi-Supervised Classification with Graph Convolutional Networks, ICLR 2017, equation 9).
/// The graph should hold loops.
Model gcn(const BaselineOptions& options, Index features, Index classes, Random& random);

/// The same layers without the graph: a multilayer perceptron on the features.
Model mlp(const BaselineOptions& options, Index features, Index classes, Random& random);

}  // namespace mercer
