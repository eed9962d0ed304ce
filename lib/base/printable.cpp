#include "mercer/base/printable.hpp"

#include <cstdint>

namespace mercer {
namespace {

unsigned byte_at(std::string_view text, std::size_t n) { return static_cast<unsigned char>(text[n]); }

bool continues(std::string_view text, std::size_t n) { return (byte_at(text, n) & 0xC0) == 0x80; }

/// Bytes of the UTF-8 character that begins there; 0 when there is none, or one that a terminal obeys.
std::size_t shown_bytes(std::string_view text, std::size_t n) {
  const unsigned lead = byte_at(text, n);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7F ? 1 : 0;
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || n + bytes > text.size()) return 0;
  std::uint32_t code = lead & (0x7Fu >> bytes);
  for (std::size_t k = 1; k < bytes; ++k) {
    if (!continues(text, n + k)) return 0;
    code = code << 6 | (byte_at(text, n + k) & 0x3F);
  }
  constexpr std::uint32_t least[] = {0, 0, 0xA0, 0x800, 0x10000};  // below 0xA0: control characters
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  const bool turns = (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
                     (code >= 0x2066 && code <= 0x2069);  // marks of direction and line ends
  return code < least[bytes] || code > 0x10FFFF || surrogate || turns ? 0 : bytes;
}

/// The largest end of at most `most` that doesn't cut a character.
std::size_t end_of_character(std::string_view text, std::size_t most) {
  std::size_t end = most;
  while (end > 0 && most - end < 3 && continues(text, end))
    --end;
  return continues(text, end) ? most : end;
}

}  // namespace

std::string printable(std::string_view text, bool lines) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string shown;
  for (std::size_t n = 0; n < text.size();) {
    const bool kept = lines && (text[n] == '\n' || text[n] == '\t');
    const std::size_t bytes = kept ? 1 : shown_bytes(text, n);
    if (bytes > 0) {
      shown += text.substr(n, bytes);
      n += bytes;
      continue;
    }
    const unsigned code = byte_at(text, n++);
    shown.append({'\\', 'x', digits[code >> 4], digits[code & 15]});
  }
  return shown;
}

std::string in_quotes(std::string_view text, std::size_t most) {
  const bool whole = text.size() <= most;
  return "'" + printable(whole ? text : text.substr(0, end_of_character(text, most))) + (whole ? "'" : "…'");
}

std::string listed_name(const std::string& name) {
  return name.find(',') == std::string::npos || name.starts_with('\'') ? name : in_quotes(name, name.size());
}

std::string shortened(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  const std::size_t first = end_of_character(text, most * 2 / 3);
  std::size_t last = text.size() - most / 3;
  while (last < text.size() && continues(text, last))
    ++last;
  return text.substr(0, first) + " … " + text.substr(last);
}

}  // namespace mercer
