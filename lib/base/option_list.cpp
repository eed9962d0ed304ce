#include "mercer/base/option_list.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

template <class T>
std::string shortest(T number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), number).ptr};
}

/// The whole text as a number; nothing for another text, a number that doesn't fit, and 010, which may mean eight.
template <class T>
std::optional<T> parsed(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') return std::nullopt;
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> parsed_truth(std::string_view text) {
  if (text == "true" || text == "yes") return true;
  if (text == "false" || text == "no") return false;
  return std::nullopt;
}

/// As it was typed, for a message.
std::string quoted(const std::string& text) { return "\"" + shortened(printable(text), 100) + "\""; }

[[noreturn]] void refuse(const OptionDeclaration& option, const OptionValue& got, const std::string& want) {
  const bool is_text = std::holds_alternative<std::string>(got.held());
  throw ValueError(option.name + ": got " + (is_text ? quoted(got.text()) : got.text()) + ", want " + want);
}

/// The value as one of type T, read where it is a text; nothing for another kind.
template <class T>
std::optional<T> as(const OptionValue& given) {
  if (const T* same = std::get_if<T>(&given.held())) return *same;
  if constexpr (std::is_same_v<T, double>)
    if (const Index* whole = std::get_if<Index>(&given.held())) return static_cast<double>(*whole);
  const std::string* text = std::get_if<std::string>(&given.held());
  if (text == nullptr) return std::nullopt;
  if constexpr (std::is_same_v<T, bool>)
    return parsed_truth(*text);
  else
    return parsed<T>(*text);
}

template <class T>
T checked_number(const OptionDeclaration& option, const OptionValue& given, const char* kind) {
  const std::optional<T> number = as<T>(given);
  if (!number) refuse(option, given, kind);
  const auto value = static_cast<double>(*number);
  if (!(value >= option.range.low && value <= option.range.high)) refuse(option, *number, option.values());
  return *number;
}

std::string checked_name(const OptionDeclaration& option, const OptionValue& given) {
  const std::string* name = std::get_if<std::string>(&given.held());
  if (name == nullptr) refuse(option, given, "a name");
  if (option.choices.empty() && name->empty()) refuse(option, given, "a name");
  if (!option.choices.empty() && std::ranges::find(option.choices, *name) == option.choices.end())
    throw ValueError(option.name + ": got " + quoted(*name) + "; " + suggest(*name, option.choices));
  return *name;
}

/// ", or auto, or given": names that may stand for a number.
std::string or_choices(const std::vector<std::string>& choices) {
  std::string text;
  for (const std::string& choice : choices)
    text += ", or " + choice;
  return text;
}

/// As OptionDeclaration::checked, with an operator in the error.
OptionValue checked_by(const OptionDeclaration& option, const OptionValue& given, const char* op) {
  try {
    return option.checked(given);
  } catch (const ValueError& error) {
    throw ValueError(std::string("[") + op + "] " + error.what());
  }
}

}  // namespace

OptionValue::OptionValue(float value) : held_(parsed<double>(shortest(value)).value_or(value)) {}

std::string OptionValue::text() const {
  return std::visit(
      []<class T>(const T& held) -> std::string {
        if constexpr (std::is_same_v<T, bool>)
          return held ? "true" : "false";
        else if constexpr (std::is_same_v<T, std::string>)
          return held;
        else
          return shortest(held);
      },
      held_);
}

OptionValue OptionDeclaration::checked(const OptionValue& given) const {
  switch (kind) {
    case Kind::truth: {
      const std::optional<bool> truth = as<bool>(given);
      if (!truth) refuse(*this, given, "true or false");
      return *truth;
    }
    case Kind::whole:
      if (std::ranges::find(choices, given.text()) != choices.end()) return given;
      return checked_number<Index>(*this, given, ("a whole number" + or_choices(choices)).c_str());
    case Kind::number:
      return checked_number<double>(*this, given, "a number");
    default:
      return checked_name(*this, given);
  }
}

std::string OptionDeclaration::values() const {
  if (kind == Kind::truth) return "true, false";
  if (kind == Kind::whole || kind == Kind::number) return range.want + or_choices(choices);
  std::string text;
  for (const std::string& choice : choices)
    text += (text.empty() ? "" : ", ") + choice;
  return text;
}

std::string OptionDeclaration::meaning() const {
  if (kind == Kind::truth || values().empty()) return help;
  return help + (kind == Kind::name ? ": " + values() : " (" + values() + ")");
}

void OptionList::add_shorthand(const char* name, const NumberRange& range, const char* help,
                               std::function<void(double)> assign) {
  put(
      number<double>(name, range, help),
      [assign = std::move(assign)](const OptionValue& value) { assign(to<double>(value)); },
      []() -> std::optional<OptionValue> { return std::nullopt; });
}

void OptionList::add_switch(const char* name, const char* help, std::function<void()> set) {
  put(
      {.name = name, .help = help, .kind = OptionDeclaration::Kind::truth},
      [set = std::move(set)](const OptionValue& value) {
        if (to<bool>(value)) set();
      },
      []() -> std::optional<OptionValue> { return std::nullopt; });
}

void OptionList::put(OptionDeclaration option, std::function<void(const OptionValue&)> assign,
                     std::function<std::optional<OptionValue>()> value) {
  const auto same = std::ranges::find(options_, option.name, &Option::name);
  if (same == options_.end()) {
    options_.push_back({std::move(option), std::move(assign), std::move(value)});
    return;
  }
  if (same->help != option.help) same->help += "; " + option.help;
  same->assign = [first = std::move(same->assign), second = std::move(assign)](const OptionValue& both) {
    first(both);
    second(both);
  };
}

std::vector<std::string> OptionList::names() const {
  std::vector<std::string> all;
  for (const Option& option : options_)
    all.push_back(option.name);
  return all;
}

const Option* OptionList::find(std::string_view name) const {
  const auto found = std::ranges::find(options_, name, &Option::name);
  return found == options_.end() ? nullptr : &*found;
}

void OptionList::assign(const OptionValues& given, const char* op, const std::string& owner) const {
  for (const auto& [name, value] : given) {
    if (find(name) != nullptr) continue;
    throw ValueError(std::string("[") + op + "] " + owner + " has no option " + quoted(name) + ": " +
                     suggest(name, names()));
  }
  for (const Option& option : options_)
    if (const auto found = given.find(option.name); found != given.end())
      option.assign(checked_by(option, found->second, op));
}

void OptionList::check(const char* op) const {
  for (const Option& option : options_)
    if (const std::optional<OptionValue> value = option.value()) checked_by(option, *value, op);
}

OptionValues OptionList::values() const {
  OptionValues all;
  for (const Option& option : options_)
    if (const std::optional<OptionValue> value = option.value()) all.insert_or_assign(option.name, *value);
  return all;
}

}  // namespace mercer
