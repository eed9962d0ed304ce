#include "cli/option_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/errors.hpp"

namespace mercer::program {

std::vector<std::string> parts_of(std::string_view list, char separator, const std::string& what) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(separator, begin), list.size());
    std::string part(list.substr(begin, end - begin));
    if (part.empty()) throw UsageError(fmt::format("{} '{}': a name is missing", what, list));
    if (std::ranges::find(parts, part) != parts.end())
      throw UsageError(fmt::format("{} '{}': {} comes twice", what, list, part));
    parts.push_back(std::move(part));
    begin = end + 1;
  }
  return parts;
}

OptionText option_text(const std::string& text, const std::string& what) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    throw UsageError(fmt::format("{}: got '{}', want name=value", what, text));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace mercer::program
