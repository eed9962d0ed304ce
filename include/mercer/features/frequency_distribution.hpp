#pragma once

#include <string>
#include <variant>

#include "mercer/features/fastfood.hpp"
#include "mercer/features/gaussian_frequencies.hpp"
#include "mercer/features/generator.hpp"
#include "mercer/features/learned.hpp"
#include "mercer/features/sampled_mixture.hpp"
#include "mercer/features/sampler.hpp"

namespace mercer {

/// Any frequency distribution, chosen by its options. A new distribution is its header and two words here.
using FrequencyOptions = std::variant<LearnedOptions, GaussianFrequencyOptions, FastfoodOptions, SampledMixtureOptions,
                                      GeneratorOptions, SamplerOptions>;
using FrequencyDistribution =
    std::variant<LearnedFrequencies, GaussianFrequencies, Fastfood, SampledMixture, Generator, FrequencySampler>;

/// Does a draw of it need noise?
inline bool draws_noise(const FrequencyOptions& options) {
  return std::visit(
      []<class O>(const O&) {
        return requires { O::draws_noise; };
      },
      options);
}
inline void declare_options(FrequencyOptions& options, OptionList& list) {
  std::visit(
      [&](auto& chosen) {
        if constexpr (requires { chosen.declare(list); }) chosen.declare(list);
      },
      options);
}

FrequencyDistribution make_frequencies(const FrequencyOptions& options, const FrequencySizes& sizes, Random& random);

/// Does it have two sets of frequencies? Then κ is not a function of q − k alone.
bool has_two_sets(const FrequencyDistribution& distribution);
/// Do its frequencies depend on the means of q and k over all nodes?
inline bool reads_means(const FrequencyDistribution& distribution) {
  return std::holds_alternative<FrequencySampler>(distribution);
}

inline NoiseSize noise_of(const FrequencyDistribution& distribution) {
  return std::visit([](const auto& held) { return held.noise(); }, distribution);
}
inline Frequencies frequencies_of(const FrequencyDistribution& distribution, const Variable& q, const Variable& k,
                                  const NoiseDraw& noise) {
  return std::visit([&](const auto& held) { return held(q, k, noise); }, distribution);
}
inline Parameters parameters_of(const FrequencyDistribution& distribution, const std::string& prefix) {
  return std::visit([&](const auto& held) { return held.parameters(prefix); }, distribution);
}

}  // namespace mercer
