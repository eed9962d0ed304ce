#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "mercer/base/types.hpp"

/// Options are declared once, by the struct that holds them:
///   void declare(OptionList& list) { list.add("shift", shift, range::not_negative, "added to the kernel"); }
/// Command line, files and documentation walk the list.
namespace mercer {

/// A value of an option: a truth value, a whole number, a number, or the name of a choice.
class OptionValue {
 public:
  using Held = std::variant<bool, Index, double, std::string>;

  OptionValue(bool value) : held_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) OptionValue(T value) : held_(static_cast<Index>(value)) {}
  OptionValue(double value) : held_(value) {}
  OptionValue(float value);  // the shortest number that is this float: 0.6 is 0.6
  OptionValue(const char* value) : held_(std::string(value)) {}
  OptionValue(std::string value) : held_(std::move(value)) {}

  const Held& held() const& { return held_; }
  Held held() && { return std::move(held_); }
  std::string text() const;  // as it is typed
  bool operator==(const OptionValue&) const = default;

 private:
  Held held_;
};

/// Values by the names of their options.
using OptionValues = std::map<std::string, OptionValue, std::less<>>;

/// The range of a number, both ends included, and its description.
struct NumberRange {
  double low, high;
  const char* want;
};
namespace range {
inline constexpr double largest = static_cast<double>(std::numeric_limits<Real>::max());
inline constexpr double smallest = static_cast<double>(std::numeric_limits<Real>::min());
inline constexpr NumberRange finite{-largest, largest, "a finite number"};
inline constexpr NumberRange not_negative{0, largest, "a finite number of at least 0"};
inline constexpr NumberRange above_zero{smallest, largest, "a finite number above 0"};
inline constexpr NumberRange at_least_one{1, largest, "a finite number of at least 1"};
inline constexpr NumberRange share{0, 1, "0 to 1"};
inline constexpr NumberRange count{1, 1 << 20, "1 to 1048576"};
}  // namespace range

/// A name of a value of an enumeration. The first name of a value is the one that is written.
template <class E>
struct Choice {
  const char* name;
  E value;
};

/// The name of a value among its choices.
template <class E, std::size_t N>
const char* name_of(E value, const Choice<E> (&choices)[N]) {
  for (const Choice<E>& choice : choices)
    if (choice.value == value) return choice.name;
  return "";
}

/// The name, meaning and possible values of an option.
struct OptionDeclaration {
  enum class Kind { truth, whole, number, name };

  std::string name, help;
  Kind kind = Kind::number;
  NumberRange range{};                 // of a number
  std::vector<std::string> choices{};  // of a name, none: any text; of a whole number: names that may stand for it

  /// "true, false", the range or the choices.
  std::string values() const;
  /// help, with the range or the choices.
  std::string meaning() const;
  /// The given value as one of this kind; text is parsed. Throws ValueError "NAME: got, want", without an operator.
  OptionValue checked(const OptionValue& given) const;
};

/// An option that is bound to a field of a struct.
struct Option : OptionDeclaration {
  std::function<void(const OptionValue&)> assign{};     // a checked value
  std::function<std::optional<OptionValue>()> value{};  // nothing where the field is absent
};

/// The type of a field without its std::optional.
template <class F>
struct PlainField {
  using Type = F;
};
template <class T>
struct PlainField<std::optional<T>> {
  using Type = T;
};
template <class F>
using Plain = typename PlainField<F>::Type;
template <class F>
inline constexpr bool is_truth_or_text =
    std::is_same_v<Plain<F>, bool> || std::is_same_v<F, std::optional<std::string>>;

/// The options of one thing, each bound to the field that holds it.
class OptionList {
 public:
  /// F is bool, a number or, with choices, an enumeration, or a std::optional of one of them; or a
  /// std::optional<std::string> for any text.
  template <class F>
  requires is_truth_or_text<F>
  void add(const char* name, F& field, const char* help) {
    constexpr auto kind = std::same_as<Plain<F>, bool> ? OptionDeclaration::Kind::truth : OptionDeclaration::Kind::name;
    put({.name = name, .help = help, .kind = kind}, field,
        [](const OptionValue& value) { return to<Plain<F>>(value); });
  }
  template <class F>
  requires std::is_arithmetic_v<Plain<F>>
  void add(const char* name, F& field, const NumberRange& range, const char* help) {
    put(number<Plain<F>>(name, range, help), field, [](const OptionValue& value) { return to<Plain<F>>(value); });
  }
  template <class F, std::size_t N>
  void add(const char* name, F& field, const Choice<Plain<F>> (&choices)[N], const char* help) {
    OptionDeclaration option{.name = name, .help = help, .kind = OptionDeclaration::Kind::name};
    for (const Choice<Plain<F>>& choice : choices)
      option.choices.emplace_back(choice.name);
    put(
        std::move(option), field, [&choices](const OptionValue& value) { return by_name(value, choices); },
        [&choices](Plain<F> value) { return name_of(value, choices); });
  }
  /// A whole number, or the name of a choice.
  template <class F, class E, std::size_t N>
  requires std::same_as<Plain<F>, std::variant<Index, E>>
  void add(const char* name, F& field, const NumberRange& range, const Choice<E> (&choices)[N], const char* help) {
    OptionDeclaration option = number<Index>(name, range, help);
    for (const Choice<E>& choice : choices)
      option.choices.emplace_back(choice.name);
    put(
        std::move(option), field,
        [&choices](const OptionValue& value) -> Plain<F> {
          if (const Index* whole = std::get_if<Index>(&value.held())) return *whole;
          return by_name(value, choices);
        },
        [&choices](const Plain<F>& value) {
          if (const Index* whole = std::get_if<Index>(&value)) return OptionValue(*whole);
          return OptionValue(name_of(std::get<E>(value), choices));
        });
  }
  /// A number that sets several fields. Options that are added later override it; it has no value of its own.
  void add_shorthand(const char* name, const NumberRange& range, const char* help, std::function<void(double)> assign);

  /// A truth value that calls set() when it is true, alone or besides a field of that name. Options that are added
  /// later override what it sets; it has no value of its own.
  void add_switch(const char* name, const char* help, std::function<void()> set);

  const std::vector<Option>& options() const& { return options_; }
  const std::vector<Option>& options() const&& = delete;  // the list is a temporary
  std::vector<std::string> names() const;
  const Option* find(std::string_view name) const;  // or null

  /// Sets the given values, in the order of the list. Throws ValueError "[op] …" for a name that is not in the list
  /// ("`owner` has no option …", with the nearest name), and for a value of another kind or out of range.
  void assign(const OptionValues& given, const char* op, const std::string& owner) const;
  /// Throws ValueError "[op] …" for a field whose value the declaration does not allow.
  void check(const char* op) const;
  /// The values of all options that have one.
  OptionValues values() const;

 private:
  template <class T>
  static T to(const OptionValue& value) {
    if constexpr (std::is_arithmetic_v<T> && !std::same_as<T, bool>) {
      const Index* whole = std::get_if<Index>(&value.held());
      return whole != nullptr ? static_cast<T>(*whole) : static_cast<T>(std::get<double>(value.held()));
    } else {
      return std::get<T>(value.held());
    }
  }
  template <class T>
  static OptionDeclaration number(const char* name, const NumberRange& range, const char* help) {
    using Kind = OptionDeclaration::Kind;
    return {.name = name, .help = help, .kind = std::integral<T> ? Kind::whole : Kind::number, .range = range};
  }
  template <class E, std::size_t N>
  static E by_name(const OptionValue& value, const Choice<E> (&choices)[N]) {
    for (const Choice<E>& choice : choices)
      if (std::get<std::string>(value.held()) == choice.name) return choice.value;
    return choices[0].value;
  }
  /// Binds an option to a field: from(value) is the field's, as(field) the option's.
  template <class F, class From, class As = std::identity>
  void put(OptionDeclaration option, F& field, From from, As as = {}) {
    put(
        std::move(option), [&field, from](const OptionValue& value) { field = from(value); },
        [&field, as]() -> std::optional<OptionValue> {
          if constexpr (std::same_as<F, Plain<F>>)
            return OptionValue(as(field));
          else
            return field ? std::optional<OptionValue>(as(*field)) : std::nullopt;
        });
  }
  /// A second option of the same name joins the first: one value sets both fields.
  void put(OptionDeclaration option, std::function<void(const OptionValue&)> assign,
           std::function<std::optional<OptionValue>()> value);

  std::vector<Option> options_;
};

/// The options of a struct that declares them, and their values.
template <class Declared>
OptionList options_of(Declared& declared) {
  OptionList list;
  declared.declare(list);
  return list;
}
template <class Declared>
OptionValues option_values(Declared declared) {
  return options_of(declared).values();
}

}  // namespace mercer
