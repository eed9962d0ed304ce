#pragma once

#include "mercer/layers/linear.hpp"

namespace mercer {

struct GraphConvolutionOptions {
  Index in = 0;
  Index out = 0;
  bool bias = true;
  float input_dropout = 0;  // on x
};

/// y = D^(−1/2) A D^(−1/2) x W + b: attention with κ = 1 and the symmetric denominator
/// (Kipf and Welling, Semi-Supervised Classification with Graph Convolutional Networks, ICLR 2017, equation 2). A
/// should hold loops: see with_loops. Edge weights, if any, are the values of A, and D their row sums, as in PyTorch
/// Geometric's gcn_norm; they need a whole square graph.
struct GraphConvolution {
  GraphConvolutionOptions options;
  Variable weight;  // [in, out]
  Variable bias;    // [1, out], undefined without one

  GraphConvolution(GraphConvolutionOptions options, Random& random);

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
