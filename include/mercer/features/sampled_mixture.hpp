#pragma once

#include <string>

#include "mercer/base/random.hpp"
#include "mercer/features/frequencies.hpp"

namespace mercer {

struct SampledMixtureOptions {
  static constexpr bool draws_noise = true;
};

/// ω = R_hᵀ z ± μ_h, z ~ N(0, I) shared by the heads: the spectrum N(μ, RᵀR), made symmetric so that the kernel is
/// real. E κ = exp(−½ |R δ|²) cos(μ·δ), δ = (q − k)/σ. R starts at I, μ within ±1/√d. On edges the closed form
/// (mixture.hpp) needs no samples and is better; this map serves comparisons, and all pairs in linear time.
/// (Chowdhury, Solomou, Dubey, Sachan, On Learning the Transformer Kernel, TMLR 2022, GMM-RKS: one Gaussian for each
/// head, as in their code.) Throws ValueError when M is odd.
struct SampledMixture {
  using Options = SampledMixtureOptions;
  FrequencySizes sizes;
  Variable root;  // R [h*d, d]
  Variable mean;  // μ [h*d, 1]

  SampledMixture(const Options& options, const FrequencySizes& sizes, Random& random);

  NoiseSize noise() const { return {sizes.frequencies / 2, sizes.width}; }  // z [M/2, d]
  Frequencies operator()(const Variable& q, const Variable& k, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
