#pragma once

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/layers/attention_layer.hpp"
#include "mercer/models/shape.hpp"
#include "mercer/models/stack.hpp"

namespace mercer {

/// A stack of layers of one kind. `options` and `own` are those of every layer, with sizes from the shape; the output
/// layer has a residual only where the shape says so.
template <class Layer, class Own>
Model attention_stack(const Shape& shape, AttentionLayerOptions options, const Own& own, Index features, Index classes,
                      Random& random) {
  const bool output_residual = shape.output_residual && shape.stack.classifier == Classifier::layer;
  require(options.residual == Residual::none || shape.stack.hidden_layers() > 0 || output_residual, "stack",
          "residual: no effect without hidden layers; want more layers, or a linear classifier");
  require(!shape.output_residual || (output_residual && options.residual != Residual::none), "stack",
          "output-residual: no effect without a residual, or on a linear classifier");
  require(shape.output_heads == 1 || shape.stack.classifier == Classifier::layer, "stack",
          "output-heads: no effect on a linear classifier, which has no heads");
  const auto make = [&](Index in, bool output) -> AnyLayer {
    options.in = in;
    options.heads = output ? shape.output_heads : shape.heads;
    options.width = output ? classes : shape.hidden;
    options.join = output ? Join::mean : Join::concat;
    if (output && !output_residual) options.residual = Residual::none;
    return Layer(options, own, random);
  };
  return stack(shape.stack, {.features = features, .width = shape.heads * shape.hidden, .classes = classes}, make,
               random);
}

}  // namespace mercer
