#pragma once

#include <string>
#include <variant>

#include "mercer/features/fastfood.hpp"
#include "mercer/features/gaussian_law.hpp"
#include "mercer/features/generator.hpp"
#include "mercer/features/learned.hpp"
#include "mercer/features/sampled_mixture.hpp"
#include "mercer/features/sampler.hpp"

namespace mercer {

/// Any law of frequencies, chosen by its options: a new law is its header and two words here.
using LawOptions = std::variant<LearnedOptions, GaussianLawOptions, FastfoodOptions, SampledMixtureOptions,
                                GeneratorOptions, SamplerOptions>;
using Law = std::variant<LearnedFrequencies, GaussianLaw, Fastfood, SampledMixture, Generator, FrequencySampler>;

Law make_law(const LawOptions& options, const FrequencySizes& sizes, Random& random);

/// Two sets of frequencies, so that κ is not a function of q − k alone.
bool has_two_sets(const Law& law);

inline Tensor noise_of(const Law& law, Random& random) {
  return std::visit([&](const auto& held) { return held.noise(random); }, law);
}
inline Frequencies frequencies_of(const Law& law, const Variable& q, const Variable& k, const Variable& noise) {
  return std::visit([&](const auto& held) { return held(q, k, noise); }, law);
}
inline Parameters parameters_of(const Law& law, const std::string& prefix) {
  return std::visit([&](const auto& held) { return held.parameters(prefix); }, law);
}

}  // namespace mercer
