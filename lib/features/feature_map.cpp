#include "mercer/features/feature_map.hpp"

#include <algorithm>
#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// The map whose options these are.
template <class Options, class First, class... Rest>
FeatureMap::AnyMap map_of(const Options& options, const MapSizes& sizes, Random& random,
                          const std::variant<First, Rest...>*) {
  if constexpr (std::is_same_v<typename First::Options, Options>)
    return First(options, sizes, random);
  else
    return map_of(options, sizes, random, static_cast<const std::variant<Rest...>*>(nullptr));
}

FeatureMap::AnyMap made(const FeatureMapOptions& options, const MapSizes& sizes, Random& random) {
  return std::visit(
      [&](const auto& chosen) {
        return map_of(chosen, sizes, random, static_cast<const FeatureMap::AnyMap*>(nullptr));
      },
      options.map);
}

Tensor noise_of(const FeatureMap::AnyMap& map, Random& random) {
  return std::visit([&](const auto& held) { return held.noise(random); }, map);
}

}  // namespace

FeatureMap::FeatureMap(const FeatureMapOptions& options, Index heads, Index width, Random& random)
    : options_(options),
      map_(made(options, {.heads = heads, .width = width, .frequencies = options.frequencies, .sigma = options.sigma},
                random)) {
  require(options.draws >= 1, "FeatureMap", "draws: got " + std::to_string(options.draws) + ", want at least 1");
  const Index count = options.noise == Noise::averaged ? options.draws : 1;
  std::vector<Real> values;
  Index columns = 0;
  for (Index draw = 0; draw < count; ++draw) {
    const Tensor noise = noise_of(map_, random);
    if (noise.empty()) return;
    columns = noise.columns();
    values.insert(values.end(), noise.values().begin(), noise.values().end());
  }
  kept_ = Variable(Tensor::from(static_cast<Index>(values.size()) / columns, columns, values));
}

AnyKernel FeatureMap::kernel() const {
  return std::visit([](const auto& held) { return AnyKernel(held.kernel()); }, map_);
}

bool FeatureMap::is_stationary() const {
  const auto* fourier = std::get_if<FourierMap>(&map_);
  return fourier != nullptr && !has_two_sets(fourier->distribution);
}

bool FeatureMap::pools_nodes() const {
  return std::visit(
      [](const auto& held) {
        if constexpr (requires {
                        { held.distribution } -> std::same_as<const FrequencyDistribution&>;
                      })
          return std::holds_alternative<FrequencySampler>(held.distribution);
        else
          return false;
      },
      map_);
}

Index FeatureMap::draws(const Pass& pass) const {
  return kept_ && options_.noise == Noise::averaged && !pass.is_training() ? options_.draws : 1;
}

Variable FeatureMap::noise(Pass& pass, Index draw) const {
  if (!kept_) return {};
  if (pass.is_training() && options_.noise != Noise::frozen) {
    Random random(pass.stream());
    return Variable(noise_of(map_, random).to(kept_.device()));
  }
  if (options_.noise != Noise::averaged) return kept_;
  std::vector<Node> rows;
  const Index count = kept_.rows() / options_.draws;
  for (Index r = draw * count; r < (draw + 1) * count; ++r)
    rows.push_back(static_cast<Node>(r));
  return gather_rows(kept_, rows);
}

Mapped FeatureMap::operator()(const Variable& q, const Variable& heard, const AllNodes& all, Pass& pass,
                              Index draw) const {
  const Variable drawn = noise(pass, draw);
  return std::visit([&](const auto& held) { return held(q, heard, all, drawn); }, map_);
}

Parameters FeatureMap::parameters(const std::string& prefix) const {
  Parameters all = std::visit([&](const auto& held) { return held.parameters(prefix); }, map_);
  if (kept_) all.push_back({prefix + "noise", kept_, false});
  return all;
}

}  // namespace mercer
