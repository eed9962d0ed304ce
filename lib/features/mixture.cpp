#include "mercer/features/mixture.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "features/each_end.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

Index at_least_one(Index width) { return std::max<Index>(width, 1); }

/// 1 / d^¼
Real fourth_root(Index width) { return 1 / std::sqrt(std::sqrt(static_cast<Real>(at_least_one(width)))); }

/// The transposed R_c of each head side by side, [h*d, C*r]: row s of R_c selects coordinate (s + c·r) mod d.
Tensor picked_coordinates(const SpectralMixture& kernel, HeadSizes sizes) {
  Tensor R(sizes.heads * sizes.width, kernel.components * kernel.rank);
  if (sizes.width == 0) return R;
  for (Index h = 0; h < sizes.heads; ++h)
    for (Index n = 0; n < R.columns(); ++n)
      R(h * sizes.width + n % sizes.width, n) = 1;
  return R;
}

}  // namespace

Similarity MixtureOptions::operator()(HeadSizes sizes, Random& random) const {
  const Index heads = sizes.heads, d = sizes.width, C = components,
              r = rank.value_or(std::min<Index>(at_least_one(d), 16));
  require(C >= 1, "spectral_mixture", "components: got " + std::to_string(C) + ", want at least 1");
  require(
      r >= 1 && r <= at_least_one(d), "spectral_mixture",
      "rank: got " + std::to_string(r) + ", want 1 to " + std::to_string(at_least_one(d)) + ", the width of a head");
  const SpectralMixture kernel{.components = C, .rank = r, .shift = shift};

  const double bound = 1 / std::sqrt(static_cast<double>(at_least_one(d)));
  Tensor first_mean = Tensor::uninitialized(heads * d, C);
  for (Real& value : first_mean.values())
    value = static_cast<Real>(random.uniform(-bound, bound));
  const Variable roots(picked_coordinates(kernel, sizes), true), mean(std::move(first_mean), true),
      weight(Tensor(heads, C), true);  // softmax(weight) = π
  const auto rows = [=, scaled = fourth_root(d)](const Variable& x) {
    // [u | a | g] = x [R | μ | 0] / d^¼ + [0 | 0 | ½ ln π]
    const Device device = x.device();
    const Variable nothing_of_x(Tensor(heads * d, C, device)), nothing_added(Tensor(heads, C * (r + 1), device));
    const Variable half_weight = scale(log_softmax(weight), Real(0.5));
    const Variable weights = scale(concat({roots, mean, nothing_of_x}), scaled);
    return add_bias(head_matmul(x, weights, heads),
                    reshape(concat({nothing_added, half_weight}), 1, heads * kernel.width()));
  };
  return {.kernel = kernel,
          .map = each_end(rows),
          .parameters = {{"roots", roots, false}, {"mean", mean, false}, {"weight", weight, false}}};
}

Similarity BilinearOptions::operator()(HeadSizes sizes, Random&) const {
  const Index heads = sizes.heads;
  const Real scaled = fourth_root(sizes.width);
  const Variable log_scale(Tensor(1, heads * sizes.width), true), mean(Tensor(1, heads * sizes.width), true);
  const auto rooted = [=, width = sizes.width](const Variable& x) {  // Σ^½ x
    return width == 0 ? x : scale_heads(scale(x, scaled), exp(log_scale));
  };
  const auto key_bias = [=](const Variable& k) {
    const Variable linear = head_dot(scale(k, scaled), mean, heads);
    const Variable quadratic = squared_norm(rooted(k), heads, 2, 2);
    return add(add(linear, quadratic), scale(squared_norm(k, heads, 2, 1), -scaled * scaled));
  };
  const auto map = [=](const Variable& q, const Variable& k, const SimilarityContext&) {
    Variable of_q = rooted(q), of_k = rooted(k);
    return Compared{.q = std::move(of_q), .k = std::move(of_k), .key_bias = key_bias(k)};
  };
  return {.kernel = Exponential{},
          .map = map,
          .parameters = {{"log_scale", log_scale, false}, {"mean", mean, false}},
          .biases_keys = true};
}

}  // namespace mercer
