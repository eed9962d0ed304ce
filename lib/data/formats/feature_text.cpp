#include "data/formats/feature_text.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"

namespace mercer {
namespace {

/// The next field between blanks, and the place of its first colon; an empty field at the end of the line.
std::string_view next_field(std::string_view& rest, std::size_t& colon) {
  const char* next = rest.data();
  const char* const end = next + rest.size();
  while (next != end && is_blank(*next))
    ++next;
  const char* const first = next;
  colon = std::string_view::npos;
  for (; next != end && !is_blank(*next); ++next)
    if (*next == ':' && colon == std::string_view::npos) colon = static_cast<std::size_t>(next - first);
  rest = {next, static_cast<std::size_t>(end - next)};
  return {first, static_cast<std::size_t>(next - first)};
}

/// Reads `INDEX:VALUE`; returns the index as written in the file.
Index read_entry(const TextFile& file, std::string_view field, std::size_t colon, Index last, SparseRows& rows,
                 Rounding& rounding) {
  const auto index = whole_number(field.substr(0, colon));
  if (colon == std::string_view::npos || !index) file.refuse("got " + in_quotes(field) + ", want INDEX:VALUE");
  if (*index < 0 || *index > SparseRows::most_columns)
    file.refuse("feature " + std::to_string(*index) + " is out of range, want 0 … " +
                std::to_string(SparseRows::most_columns));
  if (*index <= last)
    file.refuse("feature " + std::to_string(*index) + " follows " + std::to_string(last) + ", want rising ones");
  const auto value = real_number(field.substr(colon + 1));
  if (!finite_real(value))
    file.refuse("column " + std::to_string(*index) + ": got " + in_quotes(field.substr(colon + 1)) +
                ", want a finite number");
  rows.add(*index, rounding.kept(*value));
  return *index;
}

/// Reads digits on to the number before them.
void read_digits(const char*& next, const char* end, std::int64_t& number) {
  for (; next != end && *next >= '0' && *next <= '9'; ++next)
    number = 10 * number + (*next - '0');
}

/// Reads an entry of few digits in one pass, as most are; false, and nothing is read, for any other text.
bool read_short_entry(std::string_view& rest, Index& last, SparseRows& rows, Rounding& rounding) {
  constexpr std::ptrdiff_t most = most_short_digits;
  const char* next = rest.data();
  const char* const end = next + rest.size();
  while (next != end && is_blank(*next))
    ++next;
  const char* const first = next;
  while (next != end && next - first < most && *next >= '0' && *next <= '9')
    ++next;
  std::int64_t index = 0, digits = 0;
  for (const char* digit = first; digit != next; ++digit)
    index = 10 * index + (*digit - '0');
  if (next == first || next == end || *next != ':' || index <= last || index > SparseRows::most_columns) return false;
  ++next;
  const bool negative = next != end && *next == '-';
  next += negative ? 1 : 0;
  const std::string_view value(next, static_cast<std::size_t>(std::min(end - next, most + 2)));
  const char* const limit = value.data() + value.size();
  read_digits(next, limit, digits);
  std::size_t behind = 0;
  if (next == value.data()) return false;
  if (next != limit && *next == '.') {
    const char* const point = ++next;
    read_digits(next, limit, digits);
    behind = static_cast<std::size_t>(next - point);
    if (behind == 0) return false;
  }
  if (next - value.data() > most || (next != end && !is_blank(*next))) return false;
  const double number = decimal_of(digits, behind);
  rows.add(index, rounding.kept(negative ? -number : number));
  last = index;
  rest = {next, static_cast<std::size_t>(end - next)};
  return true;
}

}  // namespace

FeatureText read_svmlight(TextFile& file) {
  SparseRows rows;
  Rounding rounding;
  Fields labels;
  Index largest = -1, smallest = std::numeric_limits<Index>::max();
  std::string_view line;
  while (file.next(line)) {
    if (line.starts_with('#')) continue;
    std::string_view rest = line.substr(0, line.find('#'));
    std::size_t colon = 0;
    std::string_view field = next_field(rest, colon);
    if (!field.empty() && colon == std::string_view::npos) {
      labels.push_back(field);
      field = next_field(rest, colon);
    }
    Index last = -1;
    if (!field.empty()) {
      last = read_entry(file, field, colon, last, rows, rounding);
      smallest = std::min(smallest, last);
      for (;;) {
        if (read_short_entry(rest, last, rows, rounding)) continue;
        field = next_field(rest, colon);
        if (field.empty()) break;
        last = read_entry(file, field, colon, last, rows, rounding);
      }
    }
    largest = std::max(largest, last);
    rows.end_row();
  }
  for (Index n = 0; n < file.blank_end(); ++n)
    rows.end_row();
  const bool from_one = largest >= 0 && smallest > 0;
  if (const auto nodes = static_cast<std::size_t>(rows.rows()); !labels.empty() && labels.size() != nodes)
    refuse_file(
        file.path(), "",
        std::to_string(labels.size()) + " of " + std::to_string(nodes) + " lines have a label, want all or none");
  return {rows.take(largest + (from_one ? 0 : 1), from_one ? 1 : 0), std::move(labels), from_one ? Index{1} : Index{0},
          rounding};
}

}  // namespace mercer
