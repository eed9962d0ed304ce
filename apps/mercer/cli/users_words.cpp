#include "cli/users_words.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/options.hpp"

namespace mercer::program {

namespace {

/// The options of training: what the library can find fault with.
std::vector<std::string> library_options() {
  CLI::App app;
  TrainCommand command;
  declare(app, command);
  return option_names(app);
}

bool names_something(std::string_view tag) {
  const auto in_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !tag.empty() && std::ranges::all_of(tag, in_name);
}

}  // namespace

std::string in_users_words(const std::string& message) {
  static const std::vector<std::string> options = library_options();
  std::string words = message;
  for (std::size_t first = 0; first < words.size();) {
    const std::size_t end = words.find("] ", first);
    if (words[first] == '[' && end != std::string::npos) {
      const std::string tag = words.substr(first + 1, end - first - 1), option = "--" + tag;
      const bool is_option = std::ranges::find(options, option) != options.end();
      if (names_something(tag)) words.replace(first, end + 2 - first, is_option ? option + ": " : "");
    }
    const std::size_t colon = words.find(": ", first);
    if (colon == std::string::npos) break;
    first = colon + 2;
  }
  return words;
}

}  // namespace mercer::program
