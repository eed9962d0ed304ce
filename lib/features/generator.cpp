#include "mercer/features/generator.hpp"

#include <algorithm>
#include <cmath>

#include "features/draw.hpp"
#include "mercer/autograd/batch_norm.hpp"
#include "mercer/autograd/functions.hpp"

namespace mercer {
namespace {

constexpr Real generator_slope = Real(0.01);
constexpr Real momentum = Real(0.1);  // share of a draw in the running statistics

std::vector<Index> widths_of(GeneratorWidths widths, Index d) {
  if (widths == GeneratorWidths::two_layers) return {d, 4 * d, d};
  return {std::max<Index>(d / 2, 1), 2 * d, 4 * d, d};
}

/// Of the draw in training, whose statistics join the running ones; of the running ones in evaluation.
Variable normalised(const Generator::Layer& layer, const Variable& u, bool is_training) {
  if (!is_training)
    return batch_norm(u, layer.gain, layer.bias, {layer.running_mean.value(), layer.running_variance.value()});
  auto [y, moments] = batch_norm(u, layer.gain, layer.bias);
  const Real n = static_cast<Real>(u.rows());
  mix(layer.running_mean, 1 - momentum, std::move(moments.mean), momentum);
  mix(layer.running_variance, 1 - momentum, std::move(moments.variance), momentum * n / (n - 1));
  return y;
}

Variable hidden_layer(const Generator::Layer& layer, const Variable& x, bool is_training) {
  const Variable u = matmul(x, layer.weight);
  return leaky_relu(layer.gain ? normalised(layer, u, is_training) : add_bias(u, layer.bias), generator_slope);
}

}  // namespace

Generator::Generator(const Options& options, const FrequencySizes& wanted, Random& random) : sizes(wanted) {
  check_sizes("Generator", sizes);
  require(!options.batch_norm || sizes.frequencies >= 2, "Generator",
          "frequencies: got 1, want at least 2: over one of them batch normalisation leaves its bias alone; or "
          "generator-norm false");
  const std::vector<Index> widths = widths_of(options.widths, sizes.width);
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    const Index in = widths[l], out = widths[l + 1];
    const double xavier = std::sqrt(6 / static_cast<double>(in + out));
    Layer& layer = layers.emplace_back();
    layer.weight = uniform_weight(in, out, xavier, random);
    layer.bias = Variable(Tensor(1, out), true);
    const bool last = l + 2 == widths.size();
    if (!options.batch_norm || last) continue;
    layer.gain = Variable(Tensor::filled(1, out, 1), true);
    layer.running_mean = Variable(Tensor(1, out));
    layer.running_variance = Variable(Tensor::filled(1, out, 1));
  }
}

Frequencies Generator::operator()(const Variable&, const Variable&, const NoiseDraw& noise) const {
  Variable x = noise.values;
  for (std::size_t l = 0; l + 1 < layers.size(); ++l)
    x = hidden_layer(layers[l], x, noise.is_training);
  const Variable omega = tanh(add_bias(matmul(x, layers.back().weight), layers.back().bias));  // [M, d]
  const Variable w = gather_rows(transpose_heads(omega, 1), all_rows(sizes.width, sizes.heads));
  return {.sets = {scale(w, turns_of(sizes))}};
}

Parameters Generator::parameters(const std::string& prefix) const {
  Parameters all;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const std::string number = std::to_string(l + 1);
    all.push_back({prefix + "w" + number, layers[l].weight, false});
    all.push_back({prefix + "b" + number, layers[l].bias, false});
    if (!layers[l].gain) continue;
    all.push_back({prefix + "gain" + number, layers[l].gain, false});
    all.push_back({prefix + "running_mean" + number, layers[l].running_mean, false});
    all.push_back({prefix + "running_variance" + number, layers[l].running_variance, false});
  }
  return all;
}

}  // namespace mercer
