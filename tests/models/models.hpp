#pragma once

#include <string>

#include "mercer/base/check.hpp"
#include "mercer/models/build.hpp"

namespace mercer::test {

/// The message with which build_model refuses these options; "" when it accepts them.
inline std::string refusal(const ModelOptions& options, Index features = 4, Index classes = 3) {
  try {
    build_model(options, features, classes, 0);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

inline bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace mercer::test
