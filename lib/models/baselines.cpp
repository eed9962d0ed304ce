#include "mercer/models/baselines.hpp"

#include <string>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/layers/graph_convolution.hpp"
#include "mercer/models/stack.hpp"

namespace mercer {
namespace {

/// x W + b with dropout on x: a GraphConvolution without neighbours.
struct DropLinear {
  Linear linear;
  float input_dropout;

  DropLinear(GraphConvolutionOptions options, Random& random)
      : linear({.in = options.in, .out = options.out, .bias = options.bias}, random),
        input_dropout(options.input_dropout) {}

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
    return {linear(neighbourhood.dropout(x, pass.dropout(input_dropout)))};
  }
  Parameters parameters(const std::string& prefix) const { return linear.parameters(prefix); }
};

template <class Layer>
Model baseline(const BaselineOptions& options, Index features, Index classes, Random& random) {
  require(options.layers >= 1, "BaselineOptions",
          "layers: got " + std::to_string(options.layers) + ", want at least 1");
  std::vector<Layer> layers;
  Between between{relu};
  Index in = features;
  for (Index l = 1; l <= options.layers; ++l) {
    const Index out = l == options.layers ? classes : options.hidden;
    layers.emplace_back(
        GraphConvolutionOptions{.in = in, .out = out, .bias = options.bias, .input_dropout = options.input_dropout},
        random);
    if (l < options.layers && options.norm == Norm::layer) between.norms.emplace_back(LayerNormOptions{.width = out});
    in = out;
  }
  Model model = stack(std::move(layers), std::move(between));
  if (options.decay_first_layer_only)
    for (Parameter& p : model.parameters)
      p.decays = p.name.starts_with("layer1.");
  return model;
}

}  // namespace

Model gcn(const BaselineOptions& options, Index features, Index classes, Random& random) {
  return baseline<GraphConvolution>(options, features, classes, random);
}

Model mlp(const BaselineOptions& options, Index features, Index classes, Random& random) {
  return baseline<DropLinear>(options, features, classes, random);
}

}  // namespace mercer
