#include "mercer/features/generator.hpp"

#include <cmath>

#include "features/draw.hpp"
#include "mercer/autograd/functions.hpp"

namespace mercer {

Generator::Generator(const Options& options, const FrequencySizes& wanted, Random& random) : sizes(wanted) {
  check_sizes("Generator", sizes);
  require(options.hidden >= 0, "Generator", "hidden: got " + std::to_string(options.hidden) + ", want at least 0");
  const Index hidden = options.hidden > 0 ? options.hidden : 4 * sizes.width;
  const double xavier = std::sqrt(6 / static_cast<double>(sizes.width + hidden));
  w1 = uniform_weight(sizes.width, hidden, xavier, random);
  b1 = Variable(Tensor(1, hidden), true);
  w2 = uniform_weight(hidden, sizes.width, xavier, random);
  b2 = Variable(Tensor(1, sizes.width), true);
}

Frequencies Generator::operator()(const Variable&, const Variable&, const Variable& noise) const {
  const Variable hidden = leaky_relu(add_bias(matmul(noise, w1), b1), Real(0.01));
  const Variable omega = tanh(add_bias(matmul(hidden, w2), b2));  // [M, d]
  const Variable w = gather_rows(transpose_heads(omega, 1), all_rows(sizes.width, sizes.heads));
  return {.sets = {scale(w, turns_of(sizes))}};
}

Parameters Generator::parameters(const std::string& prefix) const {
  return {
      {prefix + "w1", w1, false}, {prefix + "b1", b1, false}, {prefix + "w2", w2, false}, {prefix + "b2", b2, false}};
}

}  // namespace mercer
