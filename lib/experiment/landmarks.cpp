#include "experiment/landmarks.hpp"

namespace mercer {

std::optional<FewerLandmarks> fewer_landmarks(const ModelOptions& model, Index most, const std::string& than) {
  const OptionValues defaults = options_of_model(model.name).defaults;
  const auto preset = defaults.find("landmarks");
  if (preset == defaults.end()) return std::nullopt;
  ModelOptions asked = model;
  asked.options.emplace(preset->first, preset->second);
  const std::optional<double> number = asked.number("landmarks");
  if (!number || *number <= static_cast<double>(most)) return std::nullopt;
  FewerLandmarks made{.number = most};
  if (const OptionValue& value = *asked.find("landmarks"); value != preset->second)
    made.note = value.text() + " are more than " + than;
  return made;
}

}  // namespace mercer
