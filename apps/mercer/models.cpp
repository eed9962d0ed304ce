#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "commands.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/models/build.hpp"
#include "mercer/models/recipe.hpp"

namespace mercer::program {

namespace {

constexpr const char* models_help =
    "Lists the models that --model and --attention know, the options of one, the recipes that --recipe knows, or the\n"
    "settings of one.\n\n"
    "Examples:\n"
    "  mercer models\n"
    "  mercer models ikan-direct\n"
    "  mercer models --recipes\n"
    "  mercer models gat-cora";

std::string listed() {
  std::string text;
  for (const std::string& name : model_names())
    text += fmt::format("{:<26}{}\n", name, describe_model(name));
  for (const std::string& name : own_sequence_model_names())
    text += fmt::format("{:<26}{}\n", name, describe_model(name));
  text += fmt::format("{:<26}{}\n", "transformer-NAME", "the same with the attention of another of these models");
  return text + "\nmercer models NAME lists its options, mercer models --recipes the published settings.\n";
}

/// "tuned-MODEL-minesweeper" for a recipe whose numbers are those of another model: many share one line.
std::string recipe_line(const std::string& name) {
  const Recipe made = recipe(name);
  const std::string_view attention = attention_of_sequence_model(made.model.name);
  const std::string model(attention.empty() ? made.model.name : attention);
  const std::size_t at = name.find(model);
  std::string shown = name;
  if (made.borrowed && model != "transformer" && at != std::string::npos) shown.replace(at, model.size(), "MODEL");
  return fmt::format("{:<26}{}\n", shown, made.source);
}

std::string recipes_listed() {
  std::string text;
  for (const std::string& name : recipe_names()) {
    const std::string line = recipe_line(name);
    if (text.find(line) == std::string::npos) text += line;
  }
  return text +
         "\nMODEL: any other of mercer models that takes it. --recipe tuned picks a deep stack for data of one's "
         "own.\n";
}

std::string options_text(const std::string& name) {
  std::string text = fmt::format("{}: {}\n\n", name, describe_model(name));
  const DeclaredOptions declared = options_of_model(name);
  for (const OptionDeclaration& option : declared.list) {
    const auto preset = declared.defaults.find(option.name);
    text += fmt::format("  --{:<24}{}{}\n", option.name, option.meaning(),
                        preset == declared.defaults.end() ? "" : " [" + preset->second.text() + "]");
  }
  return text;
}

bool is_recipe(const std::string& name) {
  const std::vector<std::string> names = recipe_names();
  return std::ranges::find(names, name) != names.end();
}

/// "--loops", "--no-loops" or "--hidden 8".
std::string as_typed(const std::string& option, const OptionValue& value) {
  const bool* truth = std::get_if<bool>(&value.held());
  if (truth == nullptr) return fmt::format("--{} {}", option, value.text());
  return (*truth ? "--" : "--no-") + option;
}

/// Its source and its settings, as the options of train that give the same.
std::string recipe_text(const std::string& name) {
  Settings settings = resolve({.recipe = name, .data = {.data = "karate"}});  // data that no recipe is of
  settings.training = without_idle_patience(settings.training);
  std::string text = fmt::format("{}: {}\n\n  --model {}\n", name, recipe(name).source, settings.model.name);
  const auto add = [&](const std::string& option, const OptionValue& value) {
    text += fmt::format("  {}\n", as_typed(option, value));
  };
  for (const auto& [option, value] : settings.model.options)
    add(option, value);
  for (const auto& [option, value] : options_of(settings.training).values())
    add(option, value);
  if (settings.data.normalise_features) add("normalise-features", *settings.data.normalise_features);
  if (settings.data.loops) add("loops", *settings.data.loops);
  return text + fmt::format("\nmercer train --recipe {} takes them all; all else as mercer models {} has it.\n", name,
                            settings.model.name);
}

/// Those of nodes, and the usual one of sequences.
std::vector<std::string> tabled_names() {
  std::vector<std::string> names = model_names();
  names.emplace_back("transformer");
  return names;
}

/// "all", "all but `gcn`, `mlp`", or the names.
std::string names_text(const std::vector<std::string>& names) {
  std::vector<std::string> others;
  for (const std::string& name : tabled_names())
    if (std::ranges::find(names, name) == names.end()) others.push_back(name);
  if (others.empty()) return "all";
  if (others.size() == tabled_names().size()) return fmt::format("`{}`", fmt::join(names, "`, `"));
  if (names.size() <= others.size()) return fmt::format("`{}`", fmt::join(names, "`, `"));
  return fmt::format("all but `{}`", fmt::join(others, "`, `"));
}

/// "8; 16 of `gcn`, `mlp`": the most frequent default is that of all others, unless each has its own.
std::string defaults_text(std::map<std::string, std::vector<std::string>> owners_of, std::size_t owners) {
  std::vector<std::string> texts;
  std::size_t count = 0;
  auto most = owners_of.begin();
  for (auto it = owners_of.begin(); it != owners_of.end(); ++it) {
    count += it->second.size();
    if (it->second.size() > most->second.size()) most = it;
  }
  if (count == owners && count > 0 && (owners_of.size() == 1 || most->second.size() > 1)) {
    texts.push_back(most->first);
    owners_of.erase(most);
  }
  for (const auto& [value, names] : owners_of)
    texts.push_back(fmt::format("{} of `{}`", value, fmt::join(names, "`, `")));
  return fmt::format("{}", fmt::join(texts, "; "));
}

/// Every option of any model, a row of Markdown each.
std::string table() {
  std::string text = "| option | values | default | models | meaning |\n|---|---|---|---|---|\n";
  for (const OptionDeclaration& option : options_of_all_models().list) {
    std::vector<std::string> owners;
    std::map<std::string, std::vector<std::string>> owners_of;
    const auto collect = [&](const std::vector<std::string>& names) {
      for (const std::string& name : names) {
        const DeclaredOptions declared = options_of_model(name);
        if (declared.find(option.name) == nullptr) continue;
        owners.push_back(name);
        const auto preset = declared.defaults.find(option.name);
        if (preset != declared.defaults.end()) owners_of[preset->second.text()].push_back(name);
      }
    };
    collect(tabled_names());
    if (std::ranges::find(owners, "transformer") == owners.end())  // which stands for the others of sequences
      collect(own_sequence_model_names());
    std::string help = option.help;
    for (std::size_t at = help.find('|'); at != std::string::npos; at = help.find('|', at + 2))
      help.insert(at, 1, '\\');
    text += fmt::format("| `--{}` | {} | {} | {} | {} |\n", option.name, option.values(),
                        defaults_text(std::move(owners_of), owners.size()), names_text(owners), help);
  }
  return text;
}

}  // namespace

int models(const Invocation& typed) {
  CLI::App app(models_help, "mercer models");
  std::string name;
  bool markdown = false, recipes = false;
  app.add_option("NAME", name, "a model, to list its options, or a recipe, to list its settings");
  app.add_flag("--markdown", markdown, "a table of all options, as in docs/attentions.md");
  app.add_flag("--recipes", recipes, "the recipes, and where their numbers are from");
  if (!parse(app, typed.words)) return done;
  if (int{markdown} + int{recipes} + int{!name.empty()} > 1)
    throw UsageError("models: got more than one of NAME, --markdown and --recipes, want one of them");
  fmt::print("{}", markdown          ? table()
                   : recipes         ? recipes_listed()
                   : name.empty()    ? listed()
                   : is_recipe(name) ? recipe_text(name)
                                     : options_text(name));
  return done;
}

}  // namespace mercer::program
