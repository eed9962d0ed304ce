#include "cli/help.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

namespace mercer::program {

namespace {

constexpr const char* first_group = "Options";  // CLI11's own, of options without a group

/// Text in lines of at most `width` characters; a word that is longer has one of its own.
std::string wrapped(const std::string& text, std::size_t width) {
  std::string lines;
  std::size_t used = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const auto is_letter = [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; };  // of UTF-8
    const auto length = static_cast<std::size_t>(std::count_if(
        text.begin() + static_cast<std::ptrdiff_t>(begin), text.begin() + static_cast<std::ptrdiff_t>(end), is_letter));
    if (used > 0 && used + 1 + length > width) {
      lines += '\n';
      used = 0;
    } else if (begin > 0) {
      lines += ' ';
      ++used;
    }
    lines += text.substr(begin, end - begin);
    used += length;
    begin = end + 1;
  }
  return lines;
}

/// The option without the note that CLI11 adds to the negated name of a flag.
std::string without_note(std::string names) {
  constexpr std::string_view note = "{false}";
  for (std::size_t at = names.find(note); at != std::string::npos; at = names.find(note, at))
    names.erase(at, note.size());
  return names;
}

class HelpText : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode) const override {
    std::string text = make_description(app) + "\n" + make_usage(app, std::move(name)) + make_positionals(app);
    std::vector<std::string> groups = app->get_groups();
    std::stable_partition(groups.begin(), groups.end(), [](const std::string& group) { return group == first_group; });
    for (const std::string& group : groups)
      if (group != model_options) text += listed(*app, group);
    return text + named(*app);
  }
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    return without_note(CLI::Formatter::make_option_name(option, is_positional));
  }
  /// Without what it excludes, which the description says.
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string text = CLI::Formatter::make_option_opts(option);
    return text.substr(0, text.find(" Excludes:"));
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    std::string text = option->get_description();
    for (const CLI::Option* other : option->get_excludes())
      text += "; not with " + other->get_name();
    return wrapped(text, text_width);
  }

 private:
  static constexpr std::size_t text_width = 88, line_width = 116;

  static std::vector<const CLI::Option*> options_of_group(const CLI::App& app, const std::string& group) {
    return app.get_options(
        [&](const CLI::Option* option) { return option->get_group() == group && option->nonpositional(); });
  }
  std::string listed(const CLI::App& app, const std::string& group) const {
    const std::vector<const CLI::Option*> options = options_of_group(app, group);
    return options.empty() || group.empty() ? "" : make_group(group, false, options);
  }
  /// The names alone of what the models have.
  static std::string named(const CLI::App& app) {
    std::string names;
    for (const CLI::Option* option : options_of_group(app, model_options)) {
      const bool is_flag = option->get_items_expected_max() == 0;
      names += (names.empty() ? "--" : ", --") + std::string(is_flag ? "[no-]" : "") + option->get_lnames().front();
    }
    if (names.empty()) return "";
    std::string text = wrapped(names, line_width);
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
      text.insert(at + 1, "  ");
    return std::string("\n") + model_options +
           " (mercer models NAME says which a model has, and what each means):\n  " + text + "\n";
  }
};

}  // namespace

void list_first(CLI::App& app, std::initializer_list<const char*> options) {
  for (const char* option : options)
    app.get_option(option)->group(first_group);
}

std::string help_of(const CLI::App& app) {
  return HelpText().make_help(&app, app.get_name(), CLI::AppFormatMode::Normal);
}

}  // namespace mercer::program
