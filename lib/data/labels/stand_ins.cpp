#include "data/labels/stand_ins.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>

#include "base/counted.hpp"
#include "base/lower_case.hpp"

namespace mercer {
namespace {

bool is_stand_in(double value) {
  const double size = std::abs(value);
  return size == 99 || size == 999 || size == 9999 || size == 99999;
}

}  // namespace

bool says_no_label(std::string_view text) {
  static constexpr std::string_view words[] = {"unknown", "missing", "unlabeled", "unlabelled", "no label", "no_label"};
  if (text.empty() || (text[0] | 0x20) < 'm') return false;  // mostly
  return text.size() <= words[3].size() && std::ranges::find(words, lower_case(text)) != std::end(words);
}

bool may_say_no_label(std::string_view text) {
  static constexpr std::string_view words[] = {"other",        "others",        "undefined",     "unspecified",
                                               "undetermined", "unclassified",  "unassigned",    "uncategorized",
                                               "not known",    "not specified", "uncategorised", "unavailable"};
  return text.size() <= words[9].size() && std::ranges::find(words, lower_case(text)) != std::end(words);
}

std::optional<double> stand_in_of(std::span<const double> values) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const double value : values) {
    least = std::min(least, std::isnan(value) ? least : value);
    most = std::max(most, std::isnan(value) ? most : value);
  }
  for (const double end : {least, most}) {
    if (!is_stand_in(end)) continue;
    double low = std::numeric_limits<double>::infinity(), high = -low;  // of the others
    for (const double value : values) {
      if (std::isnan(value) || value == end) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    const double gap = end == least ? low - end : end - high;
    if (low <= high && gap > high - low) return end;
  }
  return std::nullopt;
}

std::string doubt_of_stand_in(double number, Index count, std::string_view example) {
  return doubt_of_stand_in(std::to_string(static_cast<std::int64_t>(number)), count, example);
}

std::string doubt_of_stand_in(std::string_view word, Index count, std::string_view example) {
  return std::string(word) + " may stand for no label; " + counted(count, example) + has_or_have(count) +
         " it: write nan where it does";
}

}  // namespace mercer
