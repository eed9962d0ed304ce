#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "commands.hpp"
#include "mercer/models/build.hpp"

namespace mercer::program {

namespace {

constexpr const char* models_help =
    "Lists the models that --model and --attention know, or the options of one.\n\n"
    "Examples:\n"
    "  mercer models\n"
    "  mercer models ikan-direct";

std::string listed() {
  std::string text;
  for (const std::string& name : model_names())
    text += fmt::format("{:<24}{}\n", name, describe_model(name));
  return text + "\nmercer models NAME lists its options.\n";
}

std::string options_text(const std::string& name) {
  std::string text = fmt::format("{}: {}\n\n", name, describe_model(name));
  const std::vector<std::string> own = options_of_model(name);
  for_each_option(ModelOptions{}, [&](const std::string& option, const auto&, const char* says) {
    if (std::ranges::find(own, option) != own.end()) text += fmt::format("  --{:<24}{}\n", option, says);
  });
  return text;
}

}  // namespace

int models(const Invocation& typed) {
  CLI::App app(models_help, "mercer models");
  std::string name;
  app.add_option("NAME", name, "a model, to list its options");
  if (!parse(app, typed.words)) return done;
  fmt::print("{}", name.empty() ? listed() : options_text(name));
  return done;
}

}  // namespace mercer::program
