#include "mercer/features/frequency_distribution.hpp"

#include <type_traits>

namespace mercer {
namespace {

/// The distribution whose options these are.
template <class Options, class First, class... Rest>
FrequencyDistribution distribution_of(const Options& options, const FrequencySizes& sizes, Random& random,
                                      const std::variant<First, Rest...>*) {
  if constexpr (std::is_same_v<typename First::Options, Options>)
    return First(options, sizes, random);
  else
    return distribution_of(options, sizes, random, static_cast<const std::variant<Rest...>*>(nullptr));
}

}  // namespace

FrequencyDistribution make_frequencies(const FrequencyOptions& options, const FrequencySizes& sizes, Random& random) {
  return std::visit(
      [&](const auto& chosen) {
        return distribution_of(chosen, sizes, random, static_cast<const FrequencyDistribution*>(nullptr));
      },
      options);
}

bool has_two_sets(const FrequencyDistribution& distribution) {
  const auto* learned = std::get_if<LearnedFrequencies>(&distribution);
  return std::holds_alternative<FrequencySampler>(distribution) || (learned != nullptr && learned->second);
}

}  // namespace mercer
