#include "cli/option_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <type_traits>

#include "cli/errors.hpp"

namespace mercer::program {

namespace {

template <class T>
T value_of(const OptionText& option) {
  const std::string& text = option.second;
  const auto refuse = [&](const char* want) -> T {
    throw UsageError(fmt::format("{}={}: want {}", option.first, text, want));
  };
  if constexpr (std::is_same_v<T, std::string>) {
    return text.empty() ? refuse("a name") : text;
  } else if constexpr (std::is_same_v<T, bool>) {
    if (text == "true" || text == "yes") return true;
    if (text == "false" || text == "no") return false;
    return refuse("true or false");
  } else {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size()) return value;
    return refuse(std::is_integral_v<T> ? "a whole number" : "a number");
  }
}

/// The setter for a walk over options.
auto setting(const OptionText& text, bool& found) {
  return [&text, &found]<class T>(const char* name, std::optional<T>& field, const char*) {
    if (text.first != name) return;
    field = value_of<T>(text);
    found = true;
  };
}

}  // namespace

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

bool set_option(ModelOptions& options, const OptionText& text) {
  bool found = false;
  for_each_option(options, setting(text, found));
  return found;
}

bool set_option(TrainingChoice& training, const OptionText& text) {
  bool found = false;
  for_each_training_option(training, setting(text, found));
  return found;
}

}  // namespace mercer::program
