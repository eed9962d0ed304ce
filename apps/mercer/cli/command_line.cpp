#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <sstream>

#include "cli/errors.hpp"
#include "cli/help.hpp"
#include "cli/json.hpp"
#include "cli/other_names.hpp"
#include "cli/streams.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/base/read_whole.hpp"
#include "mercer/models/build.hpp"

namespace mercer::program {

namespace {

/// "--hidden=8" → "--hidden".
std::string name_of(const std::string& word) { return word.substr(0, word.find('=')); }

constexpr std::size_t dashes = 2;

/// "; did you mean --learning-rate?", by the table of other tools' names first, then by its beginning.
std::string option_meant(const std::string& word, const std::vector<std::string>& options) {
  constexpr std::size_t most_shown = 3;
  if (const std::string known = option_for(word, options); !known.empty()) return "; did you mean " + known + "?";
  std::vector<std::string> begun, bare;
  for (const std::string& option : options) {
    if (word.size() > dashes + 1 && option.starts_with(word)) begun.push_back(option);
    bare.push_back(option.substr(dashes));
  }
  if (begun.empty() || begun.size() > most_shown) {  // dashes, which all have, make no name nearer
    const std::string near = nearest_name(word.substr(std::min(dashes, word.size())), bare);
    return near.empty() ? "" : "; did you mean --" + near + "?";
  }
  std::string text;
  for (const std::string& option : begun)
    text += (text.empty() ? "; did you mean " : ", ") + option;
  return text + "?";
}

/// "; the models' options stand in --grid, as --grid patch=5", for an option of a model that the command takes there.
std::string place_of_model_option(const CLI::App& app, const std::string& word, const Words& rest) {
  const std::string name = word.substr(std::min(dashes, word.size()));
  if (app.get_option_no_throw("--grid") == nullptr || options_of_all_models().find(name) == nullptr) return "";
  const std::string& first = rest.front();
  const bool joined = first.find('=') != std::string::npos;
  const std::string value = joined            ? first.substr(first.find('=') + 1)
                            : rest.size() > 1 ? rest[1]
                                              : std::string("VALUE");
  return "; the models' options stand in --grid, as --grid " + shell_line({name + "=" + value});
}

/// An option as a word of the command line. Throws UsageError for a name that `app` doesn't have.
std::string config_word(const CLI::App& app, const std::string& file, const std::string& name,
                        const std::string& value) {
  const std::vector<std::string> names = option_names(app);
  const std::string option = "--" + name;
  if (option == "--config" || std::ranges::find(names, option) == names.end())
    throw UsageError(file + ": " + name + ": " + app.get_name() + " has no option " + option +
                     option_meant(option, names));
  return option + "=" + value;
}

/// Does the text begin with { or with [? A line [name] begins a section of TOML.
bool begins_as_json(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || (text[first] != '{' && text[first] != '[')) return false;
  const auto in_name = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return text[first] == '{' || first + 1 == text.size() || !in_name(text[first + 1]);
}

/// May the option be given several times, each with a value?
bool is_list(const CLI::App& app, const std::string& name) {
  const CLI::Option* option = app.get_option_no_throw("--" + name);
  return option != nullptr && option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
}

/// Throws FileError for a value that holds others, but for the list of an option that is one, before the parser follows
/// it down, and for a name that comes twice.
class FlatObject {
 public:
  FlatObject(const CLI::App& app, const std::string& file) : app_(app), file_(file) {}

  bool operator()(int level, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::key) name_ = parsed.get<std::string>();
    if (event == Event::key && !names_.insert(name_).second)
      throw FileError(file_ + ": " + printable(name_) + " stands there twice, want each option once");
    const bool begins = event == Event::object_start || event == Event::array_start;
    if (begins && level == 0 && event == Event::array_start)
      throw FileError(file_ + ": is a list, want one JSON object, {\"hidden\": 16, …}");
    const bool begins_list = event == Event::array_start && level == 1 && is_list(app_, name_);
    if (begins && level > 0 && !begins_list)
      throw FileError(file_ + ": " + printable(name_) + ": want one value: a number, a text, true or false");
    return true;
  }

 private:
  const CLI::App& app_;
  const std::string& file_;
  std::string name_;
  std::set<std::string> names_;
};

/// A JSON object of names and values. Throws FileError.
Words words_of_json(const CLI::App& app, const std::string& file, const std::string& text) {
  FlatObject flat(app, file);
  const auto follow = [&](int level, Json::parse_event_t event, Json& parsed) { return flat(level, event, parsed); };
  const Json json = Json::parse(text, follow, false);
  if (!json.is_object()) throw FileError(file + ": is no whole JSON object, want {\"hidden\": 16, …}");
  Words words;
  const auto add = [&](const std::string& name, const Json& value) {
    if (value.is_null())
      throw FileError(file + ": " + printable(name) + ": want one value: a number, a text, true or false");
    words.push_back(config_word(app, file, name, value.is_string() ? value.get<std::string>() : value.dump()));
  };
  for (auto item = json.begin(); item != json.end(); ++item)
    if (item->is_array())
      for (const Json& value : *item)
        add(item.key(), value);
    else
      add(item.key(), *item);
  return words;
}

/// Throws FileError for text that looks like YAML.
void require_toml(const std::string& file, std::istream& in) {
  std::string line;
  while (std::getline(in, line)) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#' || line[first] == ';') continue;
    const std::size_t colon = line.find(':'), equals = line.find('=');
    if (line.starts_with("---") || (colon < equals && line[first] != '['))
      throw FileError(file +
                      ": looks like YAML, want TOML or INI: a line name = value for each option, as hidden = 16");
    break;
  }
  in.clear();
  in.seekg(0);
}

Words words_of_file(const CLI::App& app, const std::string& file) {
  constexpr std::size_t most_bytes = 1 << 20;
  std::istringstream in;
  try {
    std::string text = read_whole(file, most_bytes);
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);  // the mark of UTF-8
    in.str(std::move(text));
  } catch (const FileError& error) {
    throw FileError(std::string(error.what()) + "; --config wants a TOML, INI or JSON file of options");
  }
  if (begins_as_json(in.str())) return words_of_json(app, file, in.str());
  require_toml(file, in);
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_config(in);
  } catch (const CLI::Error& error) {
    throw FileError(file + ": " + error.what());
  }
  Words words;
  for (const CLI::ConfigItem& item : items) {
    if (item.name == "++" || item.name == "--") continue;  // begin and end of a [section]
    if (!item.parents.empty()) throw UsageError(file + ": [" + item.parents.front() + "]: want names without sections");
    config_word(app, file, item.name, "");  // an unknown name first
    if (item.inputs.size() != 1 && !is_list(app, item.name))
      throw UsageError(file + ": " + item.name + ": want one value");
    for (const std::string& value : item.inputs)
      words.push_back(config_word(app, file, item.name, value));
  }
  return words;
}

bool plain(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("-_./=:,+@%").find(c) != std::string_view::npos;
}

/// Throws UsageError for a file or folder without a name, which would mean no output, and for "-".
void require_names(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string type = option->get_type_name();
    if ((type != "FILE" && type != "DIR") || option->get_items_expected_min() == 0) continue;
    for (const std::string& name : option->results())
      if (name.empty() || name == "-")
        throw UsageError(option->get_name() + ": got '" + name + "', want the name of a " +
                         (type == "DIR"  ? "folder"
                          : name.empty() ? "file"
                                         : "file; /dev/stdout is standard output"));
  }
}

}  // namespace

Words with_config(const CLI::App& app, const Words& words) {
  Words typed, configured;
  const auto of_word = [&](const std::string& word) { return app.get_option_no_throw(name_of(word)); };
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (name_of(words[at]) != "--config") {
      typed.push_back(words[at]);
      continue;
    }
    const bool joined = words[at].size() > std::string_view("--config").size();
    if (!joined && at + 1 == words.size()) throw UsageError("--config: got nothing, want a file");
    const std::string file = joined ? words[at].substr(words[at].find('=') + 1) : words[++at];
    const Words found = words_of_file(app, file);
    for (const std::string& word : found)  // of two files the later one's hold
      std::erase_if(configured, [&](const std::string& earlier) { return of_word(earlier) == of_word(word); });
    configured.insert(configured.end(), found.begin(), found.end());
  }
  for (const std::string& word : typed)
    if (word.starts_with("--") && of_word(word) != nullptr)
      std::erase_if(configured, [&](const std::string& given) { return of_word(given) == of_word(word); });
  configured.insert(configured.end(), typed.begin(), typed.end());
  return configured;
}

namespace {

/// Throws UsageError for a flag with a value that is neither true nor false.
void check_flags(const CLI::App& app, const Words& words) {
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (!word.starts_with("--") || equals == std::string::npos) continue;
    const std::string name = word.substr(0, equals), value = word.substr(equals + 1);
    const CLI::Option* option = app.get_option_no_throw(name);
    if (option != nullptr && option->get_items_expected_max() == 0 && value != "true" && value != "false")
      throw UsageError(name + ": got '" + value + "', want true or false");
  }
}

/// All but lists hold their last value until refuse_twice() looks at all of them.
void take_last(CLI::App& app) {
  for (CLI::Option* option : app.get_options({}))
    if (option->nonpositional() && option->get_multi_option_policy() == CLI::MultiOptionPolicy::Throw)
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

/// Throws UsageError for an option that was given more than once and is no list.
void refuse_twice(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() < 2 || option->get_multi_option_policy() != CLI::MultiOptionPolicy::TakeLast) continue;
    std::string values;
    if (option->get_items_expected_max() > 0)
      for (const std::string& value : option->results())
        values += (values.empty() ? ": " : ", ") + value;
    throw UsageError(option->get_name() + ": given " + (option->count() == 2 ? "twice" : "several times") + values +
                     "; want it once");
  }
}

}  // namespace

bool parse(CLI::App& app, const Words& words) {
  check_flags(app, words);
  take_last(app);
  app.allow_extras();
  Words reversed(words.rbegin(), words.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    print_help(help_of(app));
    return false;
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  refuse_twice(app);
  require_names(app);
  if (app.remaining().empty()) return true;
  const std::string word = name_of(app.remaining().front());
  if (!word.starts_with("-")) {
    std::string takes = "options, got '" + word + "'";
    for (const CLI::Option* option : app.get_options())
      if (option->get_positional()) takes = "one " + option->get_name(true) + ", got '" + word + "', too";
    if (takes.starts_with("options") && app.get_option_no_throw("--data") != nullptr)
      throw UsageError(app.get_name() + " takes " + takes + "; want --data " + shell_line({app.remaining().front()}));
    throw UsageError(app.get_name() + " takes " + takes + "; see " + app.get_name() + " --help");
  }
  const std::string place = place_of_model_option(app, word, app.remaining());
  throw UsageError(app.get_name() + " has no option " + word +
                   (place.empty() ? option_meant(word, option_names(app)) : place));
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  return names;
}

std::string did_you_mean(const std::string& typed, const std::vector<std::string>& known) {
  const std::string near = nearest_name(typed, known);
  return near.empty() ? "" : "; did you mean " + near + "?";
}

std::string name_meant(const std::string& name, const std::vector<std::string>& known, const std::string& where) {
  std::vector<std::string> options;
  for (const std::string& each : known)
    options.push_back("--" + each);
  std::string meant = option_meant("--" + name, options);
  for (std::size_t at = meant.find("--"); at != std::string::npos; at = meant.find("--", at))
    meant.erase(at, dashes);
  return meant.empty() ? "; see " + where : meant;
}

std::string shell_line(const Words& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && std::ranges::all_of(word, plain)) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word)
      line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

std::string line_to_go_on(const std::string& command, const Words& words) {
  Words line{"mercer", command};
  std::ranges::copy_if(words, std::back_inserter(line),
                       [](const std::string& word) { return word != "--fresh" && word != "--overwrite"; });
  return shell_line(line);
}

}  // namespace mercer::program
