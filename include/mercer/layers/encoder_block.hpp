#pragma once

#include <vector>

#include "mercer/layers/any_layer.hpp"
#include "mercer/layers/feed_forward.hpp"
#include "mercer/layers/layer_norm.hpp"

namespace mercer {

struct EncoderBlockOptions {
  Index width = 0;         // columns of x and y
  Index attended = 0;      // columns of the attention's output, its heads side by side
  Index feed_forward = 0;  // columns between the two halves of the feed-forward layer
  Activation activation = gelu;
  float dropout = 0;     // on both branches, and after the activation
  bool pre_norm = true;  // norms before the branches, not after the sums
};

/// A layer of a Transformer's encoder, with any attention layer:
///   pre-norm    x ← x + drop(attention(norm(x)) W_O + b),   x ← x + ff(norm(x))
///   post-norm   x ← norm(x + drop(attention(x) W_O + b)),   x ← norm(x + ff(x))
/// Vaswani et al., Attention Is All You Need, NeurIPS 2017, section 3.1 (post-norm); Xiong et al., On Layer
/// Normalization in the Transformer Architecture, ICML 2020 (pre-norm).
struct EncoderBlock {
  EncoderBlockOptions options;
  AnyLayer attention;
  Linear output;  // W_O and b
  FeedForward feed_forward;
  LayerNorm attention_norm;
  LayerNorm feed_forward_norm;

  /// Throws ValueError for widths below 1 and a dropout outside 0 … 1.
  EncoderBlock(EncoderBlockOptions options, AnyLayer attention, Random& random);

  /// With `operands`, those of the attention layer in this pass are added to it.
  Output operator()(const Neighbourhood& neighbourhood, const Variable& x, Pass& pass,
                    std::vector<Operands>* operands = nullptr) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
