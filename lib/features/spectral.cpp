#include "mercer/features/spectral.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/features/fourier.hpp"

namespace mercer {
namespace {

constexpr double second_set_spread = 0.1;  // of the first one's: equal sets would have equal gradients and stay equal

Tensor drawn(Index rows, Index columns, auto&& draw) {
  Tensor w = Tensor::uninitialized(rows, columns);
  for (Real& value : w.values())
    value = static_cast<Real>(draw());
  return w;
}

}  // namespace

Spectrum::Spectrum(SpectralOptions given, Random& random) : options(given) {
  require(options.heads >= 1 && options.width >= 0, "Spectrum", "heads and width must be positive");
  require(options.frequencies >= 1, "Spectrum",
          "frequencies: got " + std::to_string(options.frequencies) + ", want at least 1");
  require(options.floor > 0, "Spectrum", "floor: got " + std::to_string(options.floor) + ", want more than 0");
  const Index rows = options.heads * options.width, M = options.frequencies;
  if (options.start == FrequencyStart::release) {
    const double bound = 1 / std::sqrt(static_cast<double>(options.heads * M));
    first = Variable(drawn(rows, M, [&] { return random.uniform(-bound, bound); }), true);
    if (!options.stationary) second = Variable(drawn(rows, M, [&] { return random.uniform(-bound, bound); }), true);
    return;
  }
  const double root = std::sqrt(static_cast<double>(std::max<Index>(options.width, 1)));
  const double deviation = 1 / (2 * std::numbers::pi * std::sqrt(2 * root));
  first = Variable(drawn(rows, M, [&] { return deviation * random.normal(); }), true);
  if (options.stationary) return;
  Tensor near = first.value();
  for (Real& value : near.values())
    value += static_cast<Real>(second_set_spread * deviation * random.normal());
  second = Variable(std::move(near), true);
}

Variable Spectrum::features(const Variable& x) const {
  return fourier_features(x, second ? std::vector{first, second} : std::vector{first}, options.heads);
}

SquaredInnerProduct Spectrum::kernel() const {
  const auto pairs = static_cast<Real>(options.frequencies * (options.stationary ? 1 : 4));
  return {.scale = 1 / pairs, .floor = options.floor};
}

Parameters Spectrum::parameters(const std::string& prefix) const {
  Parameters all{{prefix + "first", first, false}};
  if (second) all.push_back({prefix + "second", second, false});
  return all;
}

}  // namespace mercer
