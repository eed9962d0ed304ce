#include "mercer/features/generator.hpp"

#include <algorithm>
#include <cmath>

#include "features/draw.hpp"
#include "mercer/autograd/batch_norm.hpp"
#include "mercer/autograd/functions.hpp"

namespace mercer {
namespace {

constexpr Real generator_slope = Real(0.01);

std::vector<Index> widths_of(GeneratorWidths widths, Index d) {
  if (widths == GeneratorWidths::two_layers) return {d, 4 * d, d};
  return {std::max<Index>(d / 2, 1), 2 * d, 4 * d, d};
}

Variable hidden_layer(const Generator::Layer& layer, const Variable& x) {
  const Variable u = matmul(x, layer.weight);
  return leaky_relu(layer.gain ? batch_norm(u, layer.gain, layer.bias).y : add_bias(u, layer.bias), generator_slope);
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
    if (options.batch_norm && !last) layer.gain = Variable(Tensor::filled(1, out, 1), true);
  }
}

Frequencies Generator::operator()(const Variable&, const Variable&, const Variable& noise) const {
  Variable x = noise;
  for (std::size_t l = 0; l + 1 < layers.size(); ++l)
    x = hidden_layer(layers[l], x);
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
    if (layers[l].gain) all.push_back({prefix + "gain" + number, layers[l].gain, false});
  }
  return all;
}

}  // namespace mercer
