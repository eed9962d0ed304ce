#pragma once

#include "mercer/layers/activation.hpp"
#include "mercer/layers/linear.hpp"

namespace mercer {

struct FeedForwardOptions {
  Index in = 0;
  Index hidden = 0;
  Index out = 0;
  Activation activation = gelu;
  float dropout = 0;  // after the activation, and on y
};

/// y_i = f(x_i W + b) U + c of every node by itself, with dropout after f and on y: the second half of a Transformer
/// layer (Vaswani et al., Attention Is All You Need, NeurIPS 2017, section 3.3).
struct FeedForward {
  FeedForwardOptions options;
  Linear first;   // W and b
  Linear second;  // U and c

  FeedForward(FeedForwardOptions options, Random& random);

  Variable operator()(const Neighbourhood& neighbourhood, const Variable& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
