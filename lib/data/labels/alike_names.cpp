#include "data/labels/alike_names.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "data/files/text_file.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

constexpr std::size_t most_groups = 3;

// the letter and the accent of U+00E0 … U+00FF: grave, acute, circumflex, tilde, diaeresis, ring, cedilla
constexpr std::string_view letters = "aaaaaa ceeeeiiii nooooo  uuuuy y", accents = "gactdr ,gacdgacd tgactd  gacda d";

/// The second byte of an accent of its own, behind 0xCC.
char byte_of(char accent) {
  static constexpr std::string_view names = "gactdr,", bytes = "\x80\x81\x82\x83\x88\x8A\xA7";
  return bytes[names.find(accent)];
}

/// Characters that aren't seen, and blanks beside the blank itself.
struct Unseen {
  std::string_view bytes, name;
  bool is_blank = false;
};
constexpr std::array<Unseen, 8> unseen{{{"\xC2\xA0", "<U+00A0>", true},
                                        {"\xC2\xAD", "<U+00AD>"},
                                        {"\xE2\x80\xAF", "<U+202F>", true},
                                        {"\xE3\x80\x80", "<U+3000>", true},
                                        {"\xE2\x80\x8B", "<U+200B>"},
                                        {"\xE2\x81\xA0", "<U+2060>"},
                                        {"\xEF\xBB\xBF", "<U+FEFF>"},
                                        {"\xE2\x80\x8E", "<U+200E>"}}};

/// The text with each of these as `as(it)`.
template <class As>
std::string with_unseen(std::string_view text, As&& as) {
  std::string seen;
  while (!text.empty()) {
    const auto at =
        std::find_if(unseen.begin(), unseen.end(), [&](const Unseen& u) { return text.starts_with(u.bytes); });
    seen += at == unseen.end() ? text.substr(0, 1) : as(*at);
    text.remove_prefix(at == unseen.end() ? 1 : at->bytes.size());
  }
  return seen;
}

}  // namespace

std::string folded_name(std::string_view given) {
  const std::string seen = with_unseen(given, [](const Unseen& u) { return std::string_view(u.is_blank ? " " : ""); });
  const std::string_view name = trimmed(seen);
  if (const auto number = whole_number(name)) return std::to_string(*number);
  std::string text;
  for (std::size_t n = 0; n < name.size(); ++n) {
    const auto next = n + 1 < name.size() ? static_cast<unsigned char>(name[n + 1]) : 0u;
    const bool latin = name[n] == '\xC3' && next >= 0x80 && next != 0x9F;  // not ß, which is no capital
    const std::size_t place = next % 32;
    if (latin && letters[place] != ' ') {
      text += {letters[place], '\xCC', byte_of(accents[place])};
      ++n;
    } else {
      text += name[n];
    }
  }
  return lower_case(text);
}

std::string in_quotes_seen(std::string_view name) {
  return with_unseen(in_quotes(name), [](const Unseen& u) { return u.name; });
}

std::vector<std::string> alike_names(const std::vector<std::string>& names) {
  std::map<std::string, std::vector<std::string_view>> groups;
  for (const std::string& name : names)
    groups[folded_name(name)].push_back(name);
  std::vector<std::string> alike;
  for (const auto& [_, group] : groups) {
    if (group.size() < 2 || alike.size() == most_groups) continue;
    std::string& text = alike.emplace_back();
    for (std::size_t n = 0; n < group.size(); ++n)
      text += (n == 0 ? "" : n + 1 == group.size() ? " and " : ", ") + in_quotes_seen(group[n]);
  }
  return alike;
}

}  // namespace mercer
