#include "mercer/layers/join_heads.hpp"

#include <string>

#include "mercer/base/check.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {

JoinHeads::JoinHeads(const AttentionLayerOptions& layer, Random& random)
    : heads(layer.heads), join(layer.join), adds_input(false) {
  require(heads >= 1, "JoinHeads", "heads: got " + std::to_string(heads) + ", want at least 1");
  require(layer.width >= 1, "JoinHeads", "width of a head: got " + std::to_string(layer.width) + ", want at least 1");
  const Index out = join == Join::concat ? heads * layer.width : layer.width;
  if (layer.bias) bias = zeros(1, out);
  if (layer.residual == Residual::none) return;
  adds_input = layer.residual == Residual::input && layer.in == out;
  if (!adds_input) projection.emplace(LinearOptions{.in = layer.in, .out = out}, random);
}

Variable JoinHeads::operator()(const Variable& heads_of_y, const Input& x) const {
  Variable y = join == Join::mean && heads > 1 ? head_mean(heads_of_y, heads) : heads_of_y;
  if (bias) y = add_bias(y, bias);
  if (projection) return add(y, (*projection)(x));
  // x is as wide as y here, so a dense copy of a sparse x costs no more than y.
  if (adds_input)
    return add(y, x.is_sparse() ? Variable(x.sparse()->to(Device::cpu).to_dense().to(y.device())) : x.dense());
  return y;
}

Parameters JoinHeads::parameters(const std::string& prefix) const {
  Parameters all = named(prefix, {{"bias", bias}});
  if (projection) append(all, projection->parameters(prefix + "residual."));
  return all;
}

}  // namespace mercer
