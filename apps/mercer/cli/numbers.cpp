#include "cli/numbers.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>

#include "mercer/base/printable.hpp"

namespace mercer::program {

namespace {

/// The whole text as a number; nothing for another text, a number that doesn't fit, and 010.
template <class T>
std::optional<T> parsed(const std::string& text) {
  const std::string digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') return std::nullopt;
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <class T>
CLI::Validator checked(T low, T high, const std::string& kind) {
  const std::string range = fmt::format("{} to {}", low, high);
  const auto complaint = [low, high, want = kind + ", " + range](const std::string& text) -> std::string {
    const std::optional<T> number = parsed<T>(text);
    if (number && *number >= low && *number <= high) return "";
    return "got " + in_quotes(text) + ", want " + want;
  };
  return {complaint, "", kind};
}

}  // namespace

CLI::Validator whole_number(std::uint64_t low, std::uint64_t high) { return checked(low, high, "a whole number"); }

CLI::Validator real_number(double low, double high) { return checked(low, high, "a number"); }

CLI::Validator plain_size() {
  const auto complaint = [](const std::string& text) -> std::string {
    const bool digit = !text.empty() && text[0] >= '1' && text[0] <= '9';
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digit && std::min(digits, text.size()) <= 18) return "";
    return "got " + in_quotes(text) + ", want a size above 0, as 4GB";
  };
  return {complaint, "", "size"};
}

}  // namespace mercer::program
