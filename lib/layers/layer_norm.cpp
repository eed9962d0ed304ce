#include "mercer/layers/layer_norm.hpp"

#include "mercer/base/check.hpp"

namespace mercer {

LayerNorm::LayerNorm(LayerNormOptions options)
    : options(options), weight(Tensor::filled(1, options.width, 1), true), bias(Tensor(1, options.width), true) {
  expect_at_least_one("LayerNorm", "width", options.width);
}

Variable LayerNorm::operator()(const Variable& x) const { return layer_norm(x, weight, bias, options.epsilon); }

Parameters LayerNorm::parameters(const std::string& prefix) const {
  return named(prefix, {{"weight", weight, false}, {"bias", bias, false}});
}

}  // namespace mercer
