#include "mercer/layers/linear.hpp"

#include <string>

#include "mercer/base/check.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {

Linear::Linear(LinearOptions options, Random& random)
    : weight(glorot_uniform(options.in, options.out, random)), bias(options.bias ? zeros(1, options.out) : Variable()) {
  expect_at_least_one("Linear", "out", options.out);
}

Variable Linear::operator()(const Input& x) const {
  expect("Linear", {{"columns of x", x.columns("Linear"), weight.rows()}});
  const Variable y = matmul(x, weight);
  return bias ? add_bias(y, bias) : y;
}

Parameters Linear::parameters(const std::string& prefix) const {
  return named(prefix, {{"weight", weight}, {"bias", bias}});
}

}  // namespace mercer
