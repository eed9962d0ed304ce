#include "compare/request.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/help.hpp"
#include "cli/numbers.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/data/read.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/models/build.hpp"
#include "mercer/models/recipe.hpp"

namespace mercer::program {

namespace {

constexpr const char* default_grid = "learning-rate=0.005,0.01;weight-decay=0.0005,0.001;dropout=0.4,0.6";
constexpr const char* sequence_grid = "learning-rate=0.001,0.002;dropout=0.1,0.3";
constexpr const char* stack_grid = "learning-rate=0.003,0.01;hidden-dropout=0.2,0.5";
const std::vector<std::string> fixed_by_the_budget{"epochs",    "patience", "stopping", "metric",
                                                   "optimizer", "schedule", "refit"};

/// "tuned", and the sets that have a tuned stack: there is a recipe for gat in each.
std::vector<std::string> stack_names() {
  constexpr std::string_view first = "tuned-gat-";
  std::vector<std::string> names{"tuned"};
  for (const std::string& recipe : recipe_names())
    if (recipe.starts_with(first) && recipe != "tuned-gat-pyg" && recipe.find('-', first.size()) == std::string::npos)
      names.push_back(recipe.substr(first.size()));
  return names;
}

std::string usual_grid(const CompareRequest& request, bool of_sequences) {
  if (!request.stack.empty()) return stack_grid;
  return of_sequences ? sequence_grid : default_grid;
}

/// Without the options that one of the contenders doesn't have: all search the same.
Grid common_grid(Grid grid, const std::vector<Contender>& contenders) {
  TrainingChoice training;
  const OptionList of_training = options_of(training);
  std::erase_if(grid, [&](const GridAxis& axis) {
    return of_training.find(axis.option) == nullptr && std::ranges::any_of(contenders, [&](const Contender& contender) {
             return options_of_model(contender.model.name).find(axis.option) == nullptr;
           });
  });
  return grid;
}

Contender contender_of(const std::string& typed) {
  Contender contender{.name = typed, .model = {}};
  std::vector<std::string> parts = parts_of(typed, ':', "--attention");
  contender.model.name = parts.front();
  const std::vector<std::string> known = options_of_model(parts.front()).names();  // throws for an unknown model
  std::vector<std::string> used;
  for (std::size_t at = 1; at < parts.size(); ++at) {
    const OptionText option = option_text(parts[at], "--attention " + typed);
    if (std::ranges::find(known, option.first) == known.end())
      throw UsageError(fmt::format("--attention {}: {} has no option \"{}\"{}", typed, parts.front(), option.first,
                                   name_meant(option.first, known, "mercer models " + parts.front())));
    if (std::ranges::find(used, option.first) != used.end())
      throw UsageError(fmt::format("--attention {}: {} comes twice", typed, option.first));
    used.push_back(option.first);
    try {
      set_option(contender.model, option);
    } catch (const ValueError& error) {
      throw UsageError(fmt::format("--attention {}: {}", typed, error.what()));
    }
  }
  return contender;
}

void require_searchable(const std::string& option) {
  if (std::ranges::find(fixed_by_the_budget, option) != fixed_by_the_budget.end())
    throw UsageError(fmt::format("--grid: {0} is part of the budget, the same for all; see --{0}", option));
  TrainingChoice training;
  std::vector<std::string> known = options_of(training).names();
  for (const std::string& name : options_of_all_models().names())
    known.push_back(name);
  if (std::ranges::find(known, option) == known.end())
    throw UsageError(
        fmt::format("--grid: there is no option \"{}\"{}", option, name_meant(option, known, "mercer train --help")));
}

/// Throws UsageError for a model without that stack, as those of sequences.
void require_stack(const std::string& stack, const Contender& contender) {
  const std::vector<std::string> recipes = recipe_names();
  const auto has_it = [&](const std::string& model) {
    return std::ranges::find(recipes, stack_recipe_name(stack, model)) != recipes.end();
  };
  if (stack.empty() || has_it(contender.model.name)) return;
  std::vector<std::string> able = model_names();
  std::erase_if(able, [&](const std::string& model) { return !has_it(model); });
  throw UsageError(fmt::format("--stack {}: {} has no such stack; the models that have: {}", stack,
                               contender.model.name, fmt::join(able, ", ")));
}

}  // namespace

void declare(CLI::App& app, CompareRequest& request) {
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.option_defaults()->group("Data");
  app.add_option("--attention", request.attention, "models, with options of their own: gat,rbf:p=1.8,dot")
      ->type_name("LIST");
  app.add_option("--baseline", request.baseline, "what the others are compared with: gat, or else the first")
      ->type_name("NAME");
  app.add_option("--stack", request.stack,
                 "one stack of layers for every attention, that of the recipe tuned-MODEL, for data of one's own, or "
                 "tuned-MODEL-NAME: " +
                     fmt::format("{}", fmt::join(stack_names(), ", ")) + "; default each model's own recipe")
      ->type_name("NAME");
  declare_data(app, request.data);
  app.get_option("--data")->description("data sets: names or paths, with commas between")->type_name("LIST");
  app.get_option("--split")->description(
      "of sets with several splits: 0, 1 … or all (in turn, one for each seed; default)");
  app.option_defaults()->group("Budget, the same for all");
  app.add_option("--seeds", request.seeds, "trainings with the chosen settings")
      ->check(whole_number(1, 100'000))
      ->capture_default_str()
      ->type_name("COUNT");
  app.add_option("--seed", request.seed, "the first seed")
      ->check(whole_number(0, any_seed))
      ->capture_default_str()
      ->type_name("NUMBER");
  app.add_option("--grid", request.grid,
                 fmt::format("settings to choose from on the validation nodes, or none; default {}; with --stack {}; "
                             "for sequences {}; of the default without options that a model in --attention lacks",
                             default_grid, stack_grid, sequence_grid))
      ->type_name("GRID");
  app.add_option("--search-seeds", request.search_seeds, "seeds for each point of the grid")
      ->check(whole_number(1, 100'000))
      ->capture_default_str()
      ->type_name("COUNT");
  declare_training(app, request.training);
  declare_runs(app, {request.out, request.jobs, request.fresh, request.quiet}, "a comparison");
  list_first(
      app, {"--attention", "--data", "--split-random", "--stack", "--grid", "--seeds", "--epochs", "--jobs", "--out"});
}

std::vector<Contender> contenders_of(const std::string& list) {
  if (list.empty())
    throw UsageError("--attention: got nothing, want models: " + fmt::format("{}", fmt::join(model_names(), ", ")));
  std::vector<Contender> contenders;
  for (const std::string& typed : parts_of(list, ',', "--attention"))
    contenders.push_back(contender_of(typed));
  return contenders;
}

Grid grid_of(const std::string& text) {
  Grid grid;
  if (text == "none") return grid;
  for (const std::string& axis : parts_of(text, ';', "--grid")) {
    const OptionText option = option_text(axis, "--grid");
    require_searchable(option.first);
    for (const GridAxis& other : grid)
      if (other.option == option.first) throw UsageError("--grid: " + option.first + " comes twice");
    grid.push_back({option.first, parts_of(option.second, ',', "--grid " + option.first)});
  }
  return grid;
}

std::vector<GridPoint> points_of(const Grid& grid) {
  std::vector<GridPoint> points{{}};
  for (const GridAxis& axis : grid) {
    std::vector<GridPoint> longer;
    for (const GridPoint& point : points)
      for (const std::string& value : axis.values) {
        longer.push_back(point);
        longer.back().emplace_back(axis.option, value);
      }
    points = std::move(longer);
  }
  return points;
}

std::size_t baseline_of(const std::vector<Contender>& contenders, const std::string& typed) {
  std::vector<std::string> names;
  for (const Contender& contender : contenders)
    names.push_back(contender.name);
  const auto found = std::ranges::find(names, typed.empty() ? "gat" : typed);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  if (typed.empty()) return 0;
  throw UsageError(fmt::format("--baseline {}: is not among --attention: {}", typed, suggest(typed, names)));
}

TrainingChoice budget_of(const CompareRequest& request, const Grid& grid, bool of_sequences) {
  TrainingChoice budget = request.training, usual{.optimizer = OptimizerKind::adam,
                                                  .epochs = 1000,
                                                  .patience = 100,
                                                  .stopping = StopRule::gat_authors};
  if (of_sequences) usual = resolve({.model = "transformer"}).training;
  if (!request.stack.empty()) usual = resolve({.recipe = stack_recipe_name(request.stack, "gat")}).training;
  if (!budget.optimizer) budget.optimizer = usual.optimizer;
  if (!budget.epochs) budget.epochs = usual.epochs;
  if (!budget.patience) budget.patience = usual.patience;
  if (!budget.stopping) budget.stopping = usual.stopping;
  refuse_idle_patience(request.training, *budget.stopping);
  check(budget);
  const OptionValues given = option_values(budget);
  for (const GridAxis& axis : grid)
    if (given.contains(axis.option))
      throw UsageError(fmt::format("--{0}: the grid sets it too; take it out of --grid, or --{0} away", axis.option));
  return budget;
}

ComparePlan plan_of(const CompareRequest& request) {
  ComparePlan plan{.contenders = contenders_of(request.attention),
                   .baseline = 0,
                   .stack = request.stack,
                   .points = {},
                   .budget = {},
                   .data_choice = request.data,
                   .seed = request.seed,
                   .seeds = request.seeds,
                   .search_seeds = request.search_seeds,
                   .out = request.out};
  const bool of_sequences = is_sequence_model(plan.contenders.front().model.name);
  const std::vector<std::string> stacks = stack_names();
  if (!request.stack.empty() && std::ranges::find(stacks, request.stack) == stacks.end())
    throw UsageError(
        fmt::format("--stack: there is no stack \"{}\": {}", request.stack, suggest(request.stack, stacks)));
  for (const Contender& contender : plan.contenders)
    require_stack(request.stack, contender);
  const Grid grid =
      request.grid ? grid_of(*request.grid) : common_grid(grid_of(usual_grid(request, of_sequences)), plan.contenders);
  plan.points = points_of(grid);
  plan.budget = budget_of(request, grid, of_sequences);
  plan.baseline = baseline_of(plan.contenders, request.baseline);
  if (request.data.data.empty())
    throw UsageError("--data: got nothing, want names or paths with commas between; see mercer data list");
  plan.data_choice.data.clear();
  for (const std::string& name : parts_of(request.data.data, ',', "--data")) {
    if (!request.out.empty()) refuse_data_folder(request.out, dataset_place(name));
    add_data(plan, name);
  }
  return plan;
}

}  // namespace mercer::program
