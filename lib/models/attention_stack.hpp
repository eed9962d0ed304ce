#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/layers/attention_layer.hpp"
#include "mercer/models/shape.hpp"
#include "mercer/models/stack.hpp"

namespace mercer {

/// Layers of one kind; between them the norm and the activation of the shape. `options` and `own` are those of every
/// layer, with sizes from the shape; the output layer has no residual.
template <class Layer, class Own>
Model attention_stack(const Shape& shape, AttentionLayerOptions options, const Own& own, Index features, Index classes,
                      Random& random) {
  require(shape.layers >= 1, "Shape", "layers: got " + std::to_string(shape.layers) + ", want at least 1");
  std::vector<Layer> layers;
  Between between{shape.activation};
  options.in = features;
  options.heads = shape.heads;
  options.width = shape.hidden;
  options.join = Join::concat;
  for (Index l = 1; l < shape.layers; ++l) {
    layers.emplace_back(options, own, random);
    options.in = shape.heads * shape.hidden;
    if (shape.norm == Norm::layer) between.norms.emplace_back(LayerNormOptions{.width = options.in});
  }
  options.heads = shape.output_heads;
  options.width = classes;
  options.join = Join::mean;
  options.residual = Residual::none;
  layers.emplace_back(options, own, random);
  return stack(std::move(layers), std::move(between));
}

}  // namespace mercer
