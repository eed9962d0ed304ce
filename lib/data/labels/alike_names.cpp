#include "data/labels/alike_names.hpp"

#include <map>
#include <string_view>

#include "data/files/text_file.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

constexpr std::size_t most_groups = 3;
constexpr std::string_view no_break = "\xC2\xA0";

// the letter and the accent of U+00E0 … U+00FF: grave, acute, circumflex, tilde, diaeresis, ring, cedilla
constexpr std::string_view letters = "aaaaaa ceeeeiiii nooooo  uuuuy y", accents = "gactdr ,gacdgacd tgactd  gacda d";

/// The second byte of an accent of its own, behind 0xCC.
char byte_of(char accent) {
  static constexpr std::string_view names = "gactdr,", bytes = "\x80\x81\x82\x83\x88\x8A\xA7";
  return bytes[names.find(accent)];
}

std::string_view without_blanks(std::string_view text) {
  for (;;) {
    const std::string_view before = text;
    text = trimmed(text);
    if (text.starts_with(no_break)) text.remove_prefix(no_break.size());
    if (text.ends_with(no_break)) text.remove_suffix(no_break.size());
    if (text == before) return text;
  }
}

/// The name that alike ones share.
std::string folded(std::string_view name) {
  std::string text;
  name = without_blanks(name);
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

}  // namespace

std::vector<std::string> alike_names(const std::vector<std::string>& names) {
  std::map<std::string, std::vector<std::string_view>> groups;
  for (const std::string& name : names)
    groups[folded(name)].push_back(name);
  std::vector<std::string> alike;
  for (const auto& [_, group] : groups) {
    if (group.size() < 2 || alike.size() == most_groups) continue;
    std::string& text = alike.emplace_back();
    for (std::size_t n = 0; n < group.size(); ++n)
      text += (n == 0 ? "" : n + 1 == group.size() ? " and " : ", ") + in_quotes(group[n]);
  }
  return alike;
}

}  // namespace mercer
