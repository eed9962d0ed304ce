#pragma once

#include <array>
#include <charconv>
#include <string>

#include "mercer/base/types.hpp"

namespace mercer {

/// Appends the shortest text that reads back to the value.
inline void append_number(std::string& text, Real value) {
  std::array<char, 32> digits{};
  text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

}  // namespace mercer
