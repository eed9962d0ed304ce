#pragma once

#include <optional>
#include <string>

#include "mercer/models/build.hpp"

namespace mercer {

struct FewerLandmarks {
  Index number = 0;
  std::string note{};  // what the number that was asked for gave way to; empty for the default
};

/// `most` landmarks for a model that asks for more, by its options or their default; nothing for others. The note is
/// "400 are more than " and `than`.
std::optional<FewerLandmarks> fewer_landmarks(const ModelOptions& model, Index most, const std::string& than);

}  // namespace mercer
