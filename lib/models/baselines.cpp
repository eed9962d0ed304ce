#include "mercer/models/baselines.hpp"

#include <string>

#include "mercer/base/check.hpp"
#include "mercer/layers/graph_convolution.hpp"
#include "mercer/layers/join_heads.hpp"
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
    return {linear(neighbourhood.targets(neighbourhood.dropout(x, pass.dropout(input_dropout))))};
  }
  Parameters parameters(const std::string& prefix) const { return linear.parameters(prefix); }
};

/// layer(x) plus the residual of x, with one dropout of x for both.
template <class Layer>
struct WithResidual {
  Layer layer;
  float input_dropout;
  JoinHeads residual;

  WithResidual(GraphConvolutionOptions options, Residual kind, Random& random)
      : layer(undropped(options), random),
        input_dropout(options.input_dropout),
        residual({.in = options.in, .width = options.out, .bias = false, .residual = kind}, random) {}

  Output operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
    const Input x = neighbourhood.dropout(given, pass.dropout(input_dropout));
    return {residual(layer(neighbourhood, x, pass).y, neighbourhood.targets(x))};
  }
  Parameters parameters(const std::string& prefix) const {
    Parameters all = layer.parameters(prefix);
    append(all, residual.parameters(prefix));
    return all;
  }
  static GraphConvolutionOptions undropped(GraphConvolutionOptions options) {
    options.input_dropout = 0;
    return options;
  }
};

template <class Layer>
Model baseline(const BaselineOptions& options, Index features, Index classes, Random& random) {
  require(options.residual == Residual::none || options.stack.hidden_layers() > 0, "stack",
          "residual: no effect without hidden layers; want more layers, or a linear classifier");
  require(!options.decay_first_layer_only || !options.stack.decay_norms, "stack",
          "decay-norms: got it with decay-first-layer-only, which spares every other layer; want one of the two");
  const auto make = [&](Index in, bool output) -> AnyLayer {
    const GraphConvolutionOptions sizes{.in = in,
                                        .out = output ? classes : options.hidden,
                                        .bias = options.bias,
                                        .input_dropout = options.input_dropout};
    if (output || options.residual == Residual::none) return Layer(sizes, random);
    return WithResidual<Layer>(sizes, options.residual, random);
  };
  Model model = stack(options.stack, {.features = features, .width = options.hidden, .classes = classes}, make, random);
  if (options.decay_first_layer_only)
    for (Parameter& p : model.parameters)
      p.decays = p.name.starts_with("layer1.");
  return model;
}

}  // namespace

Model gcn(const BaselineOptions& options, Index features, Index classes, Random& random) {
  return baseline<GraphConvolution>(options, features, classes, random);
}

Model sage(const BaselineOptions& options, Index features, Index classes, Random& random) {
  return baseline<SageConvolution>(options, features, classes, random);
}

Model mlp(const BaselineOptions& options, Index features, Index classes, Random& random) {
  return baseline<DropLinear>(options, features, classes, random);
}

}  // namespace mercer
