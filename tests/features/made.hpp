#pragma once

#include <cstdint>

#include "mercer/features/fourier_map.hpp"
#include "mercer/features/similarity.hpp"

/// Similarities of feature maps, small and from a seed.
namespace mercer::test {

inline FourierMapOptions fourier(FrequencyOptions distribution, bool squared = true) {
  return {.distribution = distribution, .squared = squared};
}

/// M frequencies, where the map has some.
template <class Options>
Similarity made(Options options, Index heads, Index width, Index M, std::uint64_t seed = 1) {
  Random random(seed);
  if constexpr (requires { options.frequencies; }) options.frequencies = M;
  return options({heads, width}, random);
}

}  // namespace mercer::test
