#pragma once

#include <string>

#include "mercer/base/random.hpp"
#include "mercer/features/frequencies.hpp"

namespace mercer {

struct GaussianFrequencyOptions {
  static constexpr bool draws_noise = true;
  bool orthogonal = false;
};

/// 2πw ~ N(0, I/σ²), not learned: random kitchen sinks (Rahimi and Recht, NeurIPS 2007). `orthogonal` takes blocks of d
/// orthogonal directions with the lengths of independent Gaussian vectors, which lowers the variance
/// (Yu, Suresh, Choromanski, Holtmann-Rice, Kumar, Orthogonal Random Features, NeurIPS 2016).
struct GaussianFrequencies {
  using Options = GaussianFrequencyOptions;
  Options options;
  FrequencySizes sizes;

  GaussianFrequencies(const Options& options, const FrequencySizes& sizes, Random& random);

  NoiseSize noise() const { return {sizes.heads * sizes.width, sizes.frequencies}; }  // Ω [h*d, M] at unit scale
  Frequencies operator()(const Variable& q, const Variable& k, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& = "") const { return {}; }
};

}  // namespace mercer
