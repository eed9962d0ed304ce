#include "mercer/features/feature_map.hpp"

#include <utility>
#include <vector>

#include "backend/operators.hpp"
#include "features/draw.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

KeptNoise::KeptNoise(const NoiseOptions& options, NoiseSize size, Random& random) : noise_(options.noise), size_(size) {
  require(!options.draws || noise_ == Noise::averaged, "FeatureMap",
          "draws belong to averaged noise: want noise averaged too");
  if (noise_ == Noise::averaged) {
    NoiseOptions settled = options;
    settled.settle();
    draws_ = *settled.draws;
  }
  require(draws_ >= 1, "FeatureMap", "draws: got " + std::to_string(draws_) + ", want at least 1");
  if (size.rows > 0) kept_ = Variable(normal_noise(draws_ * size.rows, size.columns, random));
}

NoiseDraw KeptNoise::operator()(Pass& pass, Index draw) const {
  if (!kept_) return {{}, pass.is_training()};
  if (pass.is_training() && noise_ != Noise::frozen) {
    const Stream stream = pass.stream();
    if (kept_.device().is_cpu()) expect_known_step("noise", stream);
    Tensor drawn = Tensor::uninitialized(size_.rows, size_.columns, kept_.device());
    op::normal_draws(stream, drawn);
    return {Variable(std::move(drawn)), true};
  }
  if (noise_ != Noise::averaged) return {kept_, pass.is_training()};
  std::vector<Node> rows;
  for (Index r = draw * size_.rows; r < (draw + 1) * size_.rows; ++r)
    rows.push_back(static_cast<Node>(r));
  return gather_rows(kept_, rows);
}

}  // namespace mercer
