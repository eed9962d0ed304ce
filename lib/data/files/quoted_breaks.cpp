#include "data/files/quoted_breaks.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

bool may_be_comment(std::string_view line) {
  return line.starts_with('#') || line.starts_with('%') || line.starts_with("//");
}

/// The one of tab, ; and , that the first row has most often; 0 where it has none.
char separator_of(TextFile& text) {
  char separator = 0;
  std::string_view line;
  while (text.next(line) && (trimmed(line).empty() || may_be_comment(line))) {
  }
  std::ptrdiff_t most = 0;
  for (const char c : {'\t', ';', ','})
    if (const auto count = std::ranges::count(line, c); count > most) {
      most = count;
      separator = c;
    }
  text.rewind();
  return separator;
}

bool ends_field(std::string_view behind, char separator) {
  const std::string_view rest = trimmed(behind);
  return rest.empty() || (separator != 0 && (behind[0] == separator || rest[0] == separator));
}

/// The place of the quote that begins a field which the line doesn't end, or npos.
std::size_t open_quote(std::string_view line, char separator) {
  std::size_t begin = 0;
  bool quoted = false, at_start = true;
  for (std::size_t n = 0; n < line.size(); ++n) {
    if (line[n] == '"' && quoted && n + 1 < line.size() && line[n + 1] == '"') {
      ++n;
    } else if (line[n] == '"' && (quoted || at_start)) {
      quoted = !quoted;
      begin = quoted ? n : begin;
    }
    at_start = !quoted && (line[n] == separator || (at_start && is_blank(line[n])));
  }
  return quoted ? begin : std::string_view::npos;
}

/// Does a line within a quote end it? It has an odd number of quotes.
bool closes_quote(std::string_view line, char separator) {
  for (std::size_t n = line.find('"'); n != std::string_view::npos; n = line.find('"', n + 1))
    if (ends_field(line.substr(n + 1), separator)) return true;
  return false;
}

}  // namespace

void refuse_quoted_breaks(TextFile text) {
  const char separator = separator_of(text);
  std::string_view line;
  Index opened = 0;
  std::string begin;
  while (text.next(line)) {
    if (std::ranges::count(line, '"') % 2 == 0) continue;
    if (opened > 0 && closes_quote(line, separator))
      text.refuse(opened, "the quoted field that begins with " + begin + " ends on line " +
                              std::to_string(text.line()) +
                              ", want no line break within quotes: a row is one line (pandas: "
                              "df.replace(r'[\\r\\n]+', ' ', regex=True) before to_csv)");
    const std::size_t quote = may_be_comment(line) ? std::string_view::npos : open_quote(line, separator);
    if (quote == std::string_view::npos) continue;
    opened = text.line();
    begin = in_quotes(line.substr(quote + 1), 40);
  }
}

}  // namespace mercer
