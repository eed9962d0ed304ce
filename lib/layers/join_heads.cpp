#include "mercer/layers/join_heads.hpp"

#include <string>

#include "mercer/base/check.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {

JoinHeads::JoinHeads(JoinHeadsOptions options, Random& random)
    : heads(options.heads), join(options.join), adds_input(false) {
  require(options.heads >= 1, "JoinHeads", "heads: got " + std::to_string(options.heads) + ", want at least 1");
  require(options.width >= 1, "JoinHeads",
          "width of a head: got " + std::to_string(options.width) + ", want at least 1");
  const Index out = join == Join::concat ? options.heads * options.width : options.width;
  if (options.bias) bias = zeros(1, out);
  if (options.residual == Residual::none) return;
  adds_input = options.residual == Residual::input && options.in == out;
  if (!adds_input) projection.emplace(LinearOptions{.in = options.in, .out = out}, random);
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
