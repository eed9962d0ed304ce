#include "data/files/text_file.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <utility>

#include "data/files/gunzip.hpp"
#include "data/files/read_file.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer {
namespace {

/// 1 for control bytes, which no text contains, else 0. UTF-8 is text. Without branches, so that a loop of it computes
/// many bytes at once.
unsigned char is_control(char c) {
  const auto code = static_cast<unsigned char>(c);
  const auto low = static_cast<unsigned char>(code < 0x20),
             blank = static_cast<unsigned char>((code == '\t') | (code == '\n') | (code == '\r'));
  return static_cast<unsigned char>((low & (blank ^ 1)) | (code == 0x7F));
}

/// Throws FileError at UTF-16 and UTF-32, by their marks or their zeros.
void refuse_wide(const std::filesystem::path& file, std::string_view text) {
  using namespace std::string_view_literals;
  const auto refuse = [&](const char* what) {
    refuse_file(file, "", std::string("this is ") + what + ", want UTF-8: save it with the encoding UTF-8");
  };
  const std::string_view first = text.substr(0, 4);
  const bool little = first.size() == 4 && first[0] != 0 && first.substr(1) == "\0\0\0"sv;
  const bool big = first.size() == 4 && first[3] != 0 && first.substr(0, 3) == "\0\0\0"sv;
  if (first == "\xFF\xFE\0\0"sv || first == "\0\0\xFE\xFF"sv || little || big) refuse("UTF-32");
  const bool marked = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  const std::string_view start = text.substr(0, 64);
  const auto zeros = static_cast<std::size_t>(std::ranges::count(start, '\0'));
  const bool every_other = start.size() >= 4 && 5 * zeros >= 2 * start.size() && 2 * zeros <= start.size() + 1;
  if (marked || every_other) refuse("UTF-16");
}

constexpr Index piece_bytes = Index{1} << 18;

/// Stretches of so many bytes are computed many at once, and one byte can count them.
constexpr std::size_t stretch = 128;

Index count_line_ends(std::string_view text) {
  Index count = 0;
  for (; text.size() >= stretch; text.remove_prefix(stretch)) {
    const char* const c = text.data();
    unsigned char own = 0;
    for (std::size_t n = 0; n < stretch; ++n)
      own = static_cast<unsigned char>(own + (c[n] == '\n'));
    count += own;
  }
  return count + static_cast<Index>(std::ranges::count(text, '\n'));
}

bool has_control(std::string_view text) {
  unsigned char found = 0;
  for (; text.size() >= stretch; text.remove_prefix(stretch)) {
    const char* const c = text.data();
    for (std::size_t n = 0; n < stretch; ++n)
      found = static_cast<unsigned char>(found | is_control(c[n]));
  }
  return found != 0 || std::ranges::any_of(text, [](char c) { return is_control(c) != 0; });
}

/// Is there a CR in first … last − 1 that neither LF nor the end of the text follows?
bool has_lone_return(std::string_view text, std::size_t first, std::size_t last) {
  const std::string_view own = text.substr(first, last - first);
  for (std::size_t n = own.find('\r'); n != std::string_view::npos; n = own.find('\r', n + 1))
    if (first + n + 1 < text.size() && text[first + n + 1] != '\n') return true;
  return false;
}

template <class T>
std::optional<T> number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The number of a decimal of few digits; nothing for another text.
std::optional<double> short_decimal(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 16 || text[0] == '.' || text.back() == '.') return std::nullopt;
  std::int64_t digits = 0;
  std::size_t behind = 0, points = 0;  // digits behind the point
  for (const char c : text) {
    const auto digit = static_cast<unsigned>(c - '0');
    if (digit <= 9) {
      digits = 10 * digits + digit;
      behind += points;
    } else if (c != '.' || ++points > 1) {
      return std::nullopt;
    }
  }
  if (text.size() - points > 15) return std::nullopt;
  const double value = decimal_of(digits, behind);
  return negative ? -value : value;
}

}  // namespace

TextFile::TextFile(std::filesystem::path file) : path_(std::move(file)) {
  std::string content = read_file(path_);
  if (is_gzip(content)) content = gunzip(path_, content);
  content_ = std::make_shared<const std::string>(std::move(content));
  text_ = *content_;
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  refuse_wide(path_, text_);
  look_at_bytes();
  cut_blank_end();
  rewind();
}

/// Refuses control bytes, and finds what the text has.
void TextFile::look_at_bytes() {
  std::atomic<Index> line_ends{0};
  std::atomic<bool> bad{false}, quotes{false}, commas{false};
  parallel_ranges(std::ssize(text_), piece_bytes, [&](Index first, Index last) {
    const std::string_view own = text_.substr(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
    if (has_control(own) || has_lone_return(text_, static_cast<std::size_t>(first), static_cast<std::size_t>(last)))
      bad = true;
    line_ends += count_line_ends(own);
    if (own.find('"') != std::string_view::npos) quotes = true;
    if (own.find(',') != std::string_view::npos) commas = true;
  });
  if (bad) refuse_byte();
  line_ends_ = line_ends;
  has_quotes_ = quotes;
  has_commas_ = commas;
}

void TextFile::refuse_byte() const {
  std::size_t n = 0;
  while (is_control(text_[n]) == 0 && !has_lone_return(text_, n, n + 1))
    ++n;
  const std::string_view before = text_.substr(0, n);
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  refuse(1 + count_line_ends(before), "column " + std::to_string(n - start + 1) + " holds the byte " +
                                          in_quotes(text_.substr(n, 1)) + ", want text");
}

void TextFile::cut_blank_end() {
  const std::size_t last = text_.find_last_not_of(" \t\r\n");
  const std::size_t end = last == std::string_view::npos ? 0 : std::min(text_.find('\n', last), text_.size());
  std::string_view blank = text_.substr(end);
  if (last != std::string_view::npos && !blank.empty()) blank.remove_prefix(1);  // it ends the last line
  blank_end_ = static_cast<Index>(std::ranges::count(blank, '\n')) + (!blank.empty() && blank.back() != '\n' ? 1 : 0);
  text_ = text_.substr(0, end);
}

void TextFile::rewind() {
  rest_ = text_;
  line_ = before_;
}

std::vector<TextFile> TextFile::pieces() const {
  std::vector<TextFile> pieces;
  for (std::string_view rest = text_; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n', static_cast<std::size_t>(piece_bytes)), rest.size() - 1) + 1;
    pieces.push_back(*this);
    pieces.back().text_ = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  parallel_blocks(std::ssize(pieces), [&](Index p) {
    TextFile& piece = pieces[static_cast<std::size_t>(p)];
    piece.line_ends_ = count_line_ends(piece.text_);
  });
  Index before = 0;
  for (TextFile& piece : pieces) {
    piece.before_ = before;
    before += piece.line_ends_;
    piece.rewind();
  }
  return pieces;
}

bool TextFile::next(std::string_view& line) {
  if (rest_.data() == text_.data() + text_.size()) return false;
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  line = rest_.substr(0, end);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  ++line_;
  return true;
}

void TextFile::refuse(Index line, const std::string& what) const {
  refuse_file(path_, "line " + std::to_string(line), what);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

void cut_at_blanks(std::string_view line, std::vector<std::string_view>& fields) {
  fields.clear();
  const char* next = line.data();
  const char* const end = next + line.size();
  for (;;) {
    while (next != end && is_blank(*next))
      ++next;
    if (next == end) return;
    const char* const first = next;
    while (next != end && !is_blank(*next))
      ++next;
    fields.emplace_back(first, static_cast<std::size_t>(next - first));
  }
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  if (text.empty() || text.size() > 18) return number<std::int64_t>(text);
  std::int64_t value = 0;  // most numbers are digits alone
  for (const char c : text) {
    const auto digit = static_cast<unsigned>(c - '0');
    if (digit > 9) return number<std::int64_t>(text);
    value = 10 * value + digit;
  }
  return value;
}

std::optional<std::int64_t> whole_with_exponent(std::string_view text) {
  if (text.find("e+") == std::string_view::npos && text.find("E+") == std::string_view::npos) return std::nullopt;
  const auto value = real_number(text);
  if (!value || !(std::abs(*value) < 1e15) || *value != std::trunc(*value)) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::optional<double> real_number(std::string_view text) {
  if (const auto value = short_decimal(text)) return value;  // most are
  return number<double>(text);
}

}  // namespace mercer
