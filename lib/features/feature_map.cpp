#include "mercer/features/feature_map.hpp"

#include <utility>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {

KeptNoise::KeptNoise(const NoiseOptions& options, Draw draw, Random& random)
    : noise_(options.noise), draw_(std::move(draw)) {
  require(!options.draws || noise_ == Noise::averaged, "FeatureMap",
          "draws belong to averaged noise: want noise averaged too");
  if (noise_ == Noise::averaged) {
    NoiseOptions settled = options;
    settled.settle();
    draws_ = *settled.draws;
  }
  require(draws_ >= 1, "FeatureMap", "draws: got " + std::to_string(draws_) + ", want at least 1");
  std::vector<Real> values;
  Index columns = 0;
  for (Index n = 0; n < draws_; ++n) {
    const Tensor noise = draw_(random);
    if (noise.empty()) return;
    columns = noise.columns();
    values.insert(values.end(), noise.values().begin(), noise.values().end());
  }
  kept_ = Variable(Tensor::from(static_cast<Index>(values.size()) / columns, columns, values));
}

Variable KeptNoise::operator()(Pass& pass, Index draw) const {
  if (!kept_) return {};
  if (pass.is_training() && noise_ != Noise::frozen) {
    Random random(pass.stream());
    return Variable(draw_(random).to(kept_.device()));
  }
  if (noise_ != Noise::averaged) return kept_;
  std::vector<Node> rows;
  const Index count = kept_.rows() / draws_;
  for (Index r = draw * count; r < (draw + 1) * count; ++r)
    rows.push_back(static_cast<Node>(r));
  return gather_rows(kept_, rows);
}

}  // namespace mercer
