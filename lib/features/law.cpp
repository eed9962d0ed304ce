#include "mercer/features/law.hpp"

#include <type_traits>

namespace mercer {
namespace {

/// The law whose options these are.
template <class Options, class First, class... Rest>
Law law_of(const Options& options, const FrequencySizes& sizes, Random& random, const std::variant<First, Rest...>*) {
  if constexpr (std::is_same_v<typename First::Options, Options>)
    return First(options, sizes, random);
  else
    return law_of(options, sizes, random, static_cast<const std::variant<Rest...>*>(nullptr));
}

}  // namespace

Law make_law(const LawOptions& options, const FrequencySizes& sizes, Random& random) {
  return std::visit([&](const auto& chosen) { return law_of(chosen, sizes, random, static_cast<const Law*>(nullptr)); },
                    options);
}

bool has_two_sets(const Law& law) {
  const auto* learned = std::get_if<LearnedFrequencies>(&law);
  return std::holds_alternative<FrequencySampler>(law) || (learned != nullptr && learned->second);
}

}  // namespace mercer
