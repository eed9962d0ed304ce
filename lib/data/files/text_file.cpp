#include "data/files/text_file.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "data/files/gunzip.hpp"
#include "data/files/read_file.hpp"

namespace mercer {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// The position of the first control byte, which no text contains; npos when there is none. UTF-8 is text.
std::size_t first_control(std::string_view line) {
  for (std::size_t n = 0; n < line.size(); ++n) {
    const auto code = static_cast<unsigned char>(line[n]);
    if ((code < 0x20 && line[n] != '\t') || code == 0x7F) return n;
  }
  return std::string_view::npos;
}

template <class T>
std::optional<T> number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

TextFile::TextFile(std::filesystem::path file) : path_(std::move(file)), content_(read_file(path_)) {
  if (is_gzip(content_)) content_ = gunzip(path_, content_);
  std::string_view rest = content_;
  if (rest.substr(0, 3) == "\xEF\xBB\xBF") rest.remove_prefix(3);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines_.push_back(line);
    if (const std::size_t n = first_control(line); n != std::string_view::npos)
      refuse(lines() - 1,
             "column " + std::to_string(n + 1) + " holds the byte " + in_quotes(line.substr(n, 1)) + ", want text");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void TextFile::drop_empty_end(Index most) {
  while (lines() > most && trimmed(lines_.back()).empty())
    lines_.pop_back();
}

void TextFile::refuse(Index n, const std::string& what) const {
  refuse_file(path_, "line " + std::to_string(n + 1), what);
}

bool is_comment(std::string_view line) { return !line.empty() && line.front() == '#'; }

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

void cut_fields(std::string_view line, std::vector<std::string_view>& fields) {
  if (line.find(',') == std::string_view::npos) return cut_at_blanks(line, fields);
  fields.clear();
  for (std::size_t first = 0; first <= line.size();) {
    const std::size_t end = std::min(line.find(',', first), line.size());
    fields.push_back(trimmed(line.substr(first, end - first)));
    first = end + 1;
  }
}

std::optional<std::int64_t> whole_number(std::string_view text) { return number<std::int64_t>(text); }
std::optional<double> real_number(std::string_view text) { return number<double>(text); }

}  // namespace mercer
