#include "mercer/experiment/option_text.hpp"

#include <charconv>
#include <optional>
#include <type_traits>

#include "mercer/base/check.hpp"

namespace mercer {

namespace {

template <class T>
T value_of(const OptionText& option) {
  const std::string& text = option.second;
  const auto refuse = [&](const char* want) -> T {
    throw ValueError("[" + option.first + "] got " + text + ", want " + want);
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

}  // namespace mercer
