#pragma once

#include <variant>

#include "mercer/features/frequency_distribution.hpp"
#include "support/graphs.hpp"

namespace mercer::test {

/// The noise of one draw of a distribution.
template <class Distribution>
Tensor drawn(const Distribution& distribution, std::uint64_t seed) {
  NoiseSize size;
  if constexpr (requires { distribution.noise(); })
    size = distribution.noise();
  else
    size = noise_of(distribution);
  return noise(size.rows, size.columns, seed);
}

}  // namespace mercer::test
