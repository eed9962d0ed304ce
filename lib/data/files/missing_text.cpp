// Fields of tables that are no plain numbers: missing ones, true and false, and those with marks between thousands.
#include <algorithm>
#include <array>
#include <string>

#include "data/files/text_table.hpp"

namespace mercer {

namespace {

constexpr std::array<std::string_view, 30> missing_words{
    "nan",  "-nan",     "na",     "n/a",    "n.a.",          "n.a",           "n. a.",    "none",
    "null", "<na>",     "<nan>",  "<none>", "<null>",        "(null)",        "[null]",   "#na",
    "#n/a", "#n/a n/a", "#null!", "1.#ind", "-1.#ind",       "1.#qnan",       "-1.#qnan", ".",
    "..",   "...",      "--",     "---",    "not available", "not applicable"};

}  // namespace

bool is_dash(std::string_view text) {
  return text == "-" || text == "\xE2\x80\x93" || text == "\xE2\x80\x94" || text == "\xE2\x88\x92";
}

bool is_missing(std::string_view text) {
  if (text.empty() || text == "?" || is_dash(text) || text == "NaT" || text == "\\N") return true;
  static constexpr std::string_view first = "nN<([#.1-";  // of the words
  if (text.size() > missing_words.back().size() || first.find(text[0]) == std::string_view::npos) return false;
  const bool is_number = text[0] == '1' || text[0] == '-' || text[0] == '.';
  if (is_number && text.back() >= '0' && text.back() <= '9') return false;  // most fields are
  const std::string lower = lower_case(text);
  return std::ranges::find(missing_words, lower) != missing_words.end();
}

std::optional<bool> truth_value(std::string_view text) {
  if (text == "True" || text == "true" || text == "TRUE") return true;
  if (text == "False" || text == "false" || text == "FALSE") return false;
  return std::nullopt;
}

bool has_thousands(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const std::size_t first = text.find_first_of(".,");
  if (first == std::string_view::npos || first == 0 || first > 3) return false;
  const char mark = text[first];
  std::size_t groups = 0, zeros = 0, end = first;
  while (end < text.size() && text[end] == mark) {
    const std::size_t next = std::min(text.find_first_not_of("0123456789", end + 1), text.size());
    if (next - end != 4) return false;
    zeros += text[end + 1] == '0' ? 1 : 0;
    ++groups;
    end = next;
  }
  if (text.find_first_not_of("0123456789") != first) return false;
  const bool fraction = end < text.size() && (text[end] == '.' || text[end] == ',') &&
                        text.find_first_not_of("0123456789", end + 1) == std::string_view::npos;
  return fraction || (end == text.size() && mark == ',' && groups > 1 && zeros > 0);
}

bool may_have_thousands(std::string_view text, char mark) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const std::size_t place = text.find(mark);
  const auto are_digits = [](std::string_view part) {
    return part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return place != std::string_view::npos && place >= 1 && place <= 3 && text[0] != '0' && text.size() - place == 4 &&
         are_digits(text.substr(0, place)) && are_digits(text.substr(place + 1));
}

namespace {

/// Takes one of the marks from the begin or the end.
bool take_mark(std::string_view& text) {
  for (const std::string_view mark : {"%", "\xE2\x80\xB0", "$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5"}) {
    if (text.starts_with(mark))
      text.remove_prefix(mark.size());
    else if (text.ends_with(mark))
      text.remove_suffix(mark.size());
    else
      continue;
    text = trimmed(text);
    return true;
  }
  return false;
}

void take_sign(std::string_view& text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
}

std::size_t digits_of(std::string_view text) { return std::min(text.find_first_not_of("0123456789"), text.size()); }

/// 1'000 without the marks before three digits each; the text itself where there are none.
std::string without_groups(std::string_view text) {
  for (const std::string_view mark : {"'", "\xE2\x80\x99", " ", "\xC2\xA0", "\xE2\x80\xAF"}) {
    std::size_t end = digits_of(text);
    std::string plain(text.substr(0, end));
    if (end == 0 || end > 3 || !text.substr(end).starts_with(mark)) continue;
    while (text.substr(end).starts_with(mark) && digits_of(text.substr(end + mark.size())) == 3) {
      plain += text.substr(end + mark.size(), 3);
      end += mark.size() + 3;
    }
    return plain.append(text.substr(end));
  }
  return std::string(text);
}

}  // namespace

bool is_marked_number(std::string_view text) {
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  if (text.size() < 2 || letters.find(text[0]) != std::string_view::npos) return false;
  take_sign(text);
  const bool marked = take_mark(text);
  if (marked) take_sign(text);
  const std::string plain = without_groups(text);
  const std::size_t digits = plain.find_first_not_of(".,");
  const bool is_number = digits <= 1 && digits_of(std::string_view(plain).substr(digits)) > 0 &&
                         plain.find_first_not_of("0123456789.,") == std::string::npos;
  return is_number && (marked || plain.size() < text.size());
}

std::optional<double> TextTable::may_be_number(std::string_view field) const {
  const auto plain = real_number(field);
  const std::size_t comma = field.find(',');
  std::array<char, 64> copy{};
  if (plain || comma == std::string_view::npos || field.size() > copy.size()) return plain;
  if (separator_ == 0 && (cut_ != Cut::columns || !text_.has_quotes())) return plain;
  if ((separator_ == 0 || separator_ == ',') && may_have_thousands(field)) return plain;
  std::ranges::copy(field, copy.begin());
  copy[comma] = '.';
  return real_number({copy.data(), field.size()});
}

std::optional<double> TextTable::number(std::string_view field) {
  const auto value = may_be_number(field);
  decimal_commas_ |= value.has_value() && field.find(',') != std::string_view::npos;
  return value;
}

std::optional<double> TextTable::value(std::string_view field, Index line) {
  const auto value = number(field);
  const bool may_be_decimal = separator_ == '\t' || separator_ == ';' || text_.has_quotes();
  if (value && may_be_decimal && text_.has_commas()) marks_.add(field, line);
  return value;
}

namespace {

/// "0.1, 0.2" of [0.1, 0.2], ([0.1, 0.2]), array([0.1, 0.2]) and tensor([0.1, 0.2], dtype=…).
std::string_view within_brackets(std::string_view text) {
  for (const std::string_view name : {"np.array", "torch.tensor", "array", "tensor"})
    if (text.starts_with(name)) {
      text.remove_prefix(name.size());
      if (const std::size_t type = text.find(", dtype="); type != std::string_view::npos && text.ends_with(')'))
        text = text.substr(1, type - 1);
      break;
    }
  while (text.size() > 2 && (text.front() == '[' || text.front() == '(') && (text.back() == ']' || text.back() == ')'))
    text = trimmed(text.substr(1, text.size() - 2));
  return text;
}

}  // namespace

bool is_list_of_numbers(std::string_view text) {
  if (has_thousands(text) || may_have_thousands(text) || is_marked_number(text)) return false;
  const std::string_view list = within_brackets(text), between = ",;| \t";
  const bool bracketed = list.size() < text.size();
  const bool blanks = !bracketed && list.find_first_of(",;|") == std::string_view::npos;
  std::size_t numbers = 0;
  for (std::size_t first = 0; first <= list.size();) {
    const std::size_t end = std::min(list.find_first_of(between, first), list.size());
    const std::string_view item = trimmed(list.substr(first, end - first));
    if (!item.empty() && !real_number(item)) return false;
    numbers += item.empty() ? 0 : 1;
    first = end + 1;
  }
  constexpr std::size_t most_in_words = 3;  // 2020 01 05 is none
  if (blanks && numbers <= most_in_words && list.find('.') == std::string_view::npos) return false;
  return numbers > (bracketed ? 0 : 1);
}

}  // namespace mercer
