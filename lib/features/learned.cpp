#include "mercer/features/learned.hpp"

#include <cmath>
#include <utility>

#include "features/draw.hpp"

namespace mercer {
namespace {

constexpr double second_set_spread =
    0.1;  // relative to the first set: equal sets would have equal gradients and stay equal

}  // namespace

LearnedFrequencies::LearnedFrequencies(const Options& options, const FrequencySizes& sizes, Random& random) {
  check_sizes("LearnedFrequencies", sizes);
  const Index rows = sizes.heads * sizes.width, M = sizes.frequencies;
  if (options.start == FrequencyStart::release) {
    const double bound = 1 / std::sqrt(static_cast<double>(sizes.heads * M));
    first = Variable(drawn(rows, M, [&] { return random.uniform(-bound, bound); }), true);
    if (!options.stationary) second = Variable(drawn(rows, M, [&] { return random.uniform(-bound, bound); }), true);
    return;
  }
  const auto deviation = static_cast<double>(turns_of(sizes));
  first = Variable(normal_noise(rows, M, random, deviation), true);
  if (options.stationary) return;
  Tensor near = first.value();
  for (Real& value : near.values())
    value += static_cast<Real>(second_set_spread * deviation * random.normal());
  second = Variable(std::move(near), true);
}

Frequencies LearnedFrequencies::operator()(const Variable&, const Variable&, const NoiseDraw&) const {
  return {.sets = second ? std::vector{first, second} : std::vector{first}};
}

Parameters LearnedFrequencies::parameters(const std::string& prefix) const {
  Parameters all{{prefix + "first", first, false}};
  if (second) all.push_back({prefix + "second", second, false});
  return all;
}

}  // namespace mercer
