#include "mercer/features/sampled_mixture.hpp"

#include <cmath>
#include <utility>

#include "features/draw.hpp"
#include "mercer/autograd/functions.hpp"

namespace mercer {

SampledMixture::SampledMixture(const Options&, const FrequencySizes& wanted, Random& random) : sizes(wanted) {
  check_sizes("SampledMixture", sizes);
  require(sizes.frequencies % 2 == 0, "SampledMixture",
          "frequencies: got " + std::to_string(sizes.frequencies) + ", want an even number: each +μ has its −μ");
  const Index d = sizes.width;
  Tensor identity(sizes.heads * d, d);
  for (Index r = 0; r < identity.rows(); ++r)
    identity(r, r % d) = 1;
  root = Variable(std::move(identity), true);
  const double bound = 1 / std::sqrt(static_cast<double>(d));
  mean = Variable(drawn(sizes.heads * d, 1, [&] { return random.uniform(-bound, bound); }), true);
}

Frequencies SampledMixture::operator()(const Variable&, const Variable&, const NoiseDraw& noise) const {
  const Index h = sizes.heads, pairs = sizes.frequencies / 2;
  const auto wide = [&](Variable z) {  // the same for each head, [M/2, h*d]
    const Variable columns = transpose_heads(z, 1);
    return transpose_heads(gather_rows(columns, all_rows(sizes.width, h)), 1);
  };
  const Variable spread = transpose_heads(head_matmul(wide(noise.values), root, h), 1);  // Rᵀz, [h*d, M/2]
  const Variable middle =
      matmul(mean, Variable(Tensor::filled(1, pairs, Real(1)).to(mean.device())));  // μ in each column
  const Variable w = concat({add(spread, middle), add(spread, scale(middle, -1))});
  return {.sets = {scale(w, turns_of(sizes))}};
}

Parameters SampledMixture::parameters(const std::string& prefix) const {
  return {{prefix + "root", root, false}, {prefix + "mean", mean, false}};
}

}  // namespace mercer
