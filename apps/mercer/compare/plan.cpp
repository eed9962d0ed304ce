#include "compare/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "cli/errors.hpp"
#include "cli/options.hpp"
#include "train/problem.hpp"

namespace mercer::program {

namespace {

/// A name that can be a folder's.
std::string as_folder(std::string name) {
  std::ranges::replace(name, '/', '_');
  std::ranges::replace(name, ' ', ',');
  return name.starts_with('.') ? "_" + name : name;
}

/// "all" is what sets with several splits are there for; others have one, or are split at random.
DataChoice choice_for(const DataChoice& typed, const std::string& name) {
  DataChoice choice = typed;
  choice.data = name;
  if (choice.split_random || (choice.split && *choice.split != "all")) return choice;
  choice.split.reset();
  if (prepare(choice).data.splits.size() > 1) choice.split = "all";
  return choice;
}

std::string metric_for(const TrainingChoice& budget, Index classes) {
  return budget.metric.value_or(classes == 2 ? "roc-auc" : "accuracy");
}

Settings settings_for(const Plan& plan, const Contender& contender, const GridPoint& point, const DataChoice& data,
                      const std::string& metric) {
  TrainRequest request;
  request.model = contender.model.name;
  request.options = contender.model;
  request.data = data;
  request.training = plan.budget;
  request.training.metric = metric;
  request.seed = plan.seed;
  request.seeds = plan.seeds;
  for (const OptionText& option : point)
    if (!set_option(request.training, option)) set_option(request.options, option);
  return resolve(request);
}

/// The grid may not set what a contender brings.
void require_apart(const Contender& contender, const GridPoint& point) {
  for (const auto& [option, value] : point)
    for_each_option(contender.model, [&, &name = option](const std::string& own, const auto& field, const char*) {
      if (field && own == name)
        throw UsageError(fmt::format("--attention {}: the grid sets {} too; take it out of one of them (--grid none)",
                                     contender.name, name));
    });
}

/// A contender on the data read last. Throws UsageError that names both.
Cell cell_of(const Plan& plan, std::size_t contender, const Problem& problem, const DataChoice& choice) {
  Cell cell{.contender = contender, .data = plan.data.size() - 1};
  const Contender& mine = plan.contenders[contender];
  try {
    for (const GridPoint& point : plan.points) {
      require_apart(mine, point);
      cell.settings.push_back(settings_for(plan, mine, point, choice, plan.metric.back()));
      complete(cell.settings.back(), problem);
      neighbourhood_for(cell.settings.back().model, problem.prepared.data.graph);  // it may grow too wide
    }
    const Settings& first = cell.settings.front();
    cell.parameters = parameter_count(build_model(first.model, problem.features(), problem.classes(), plan.seed));
  } catch (const std::invalid_argument& error) {
    throw UsageError(plan.in_words(cell) + ": " + error.what());
  }
  return cell;
}

/// Checks the split of every seed; the first one's sizes describe the data in the report.
DataFacts checked_facts(const Plan& plan, const Problem& problem, const std::string& name) {
  Settings scoring;
  scoring.training.metric = plan.metric.back();
  Split split;
  try {
    for (Index turn = std::max(plan.seeds, plan.search_seeds) - 1; turn >= 0; --turn) {
      Index index = 0;
      split = split_of(problem.prepared, plan.seed + static_cast<std::uint64_t>(turn), turn, index);
      check_split(problem, scoring, split);
      if (split.validation.empty()) throw UsageError(name + ": the split has no validation nodes to choose by");
      if (split.test.empty()) throw UsageError(name + ": the split has no test nodes to compare by");
    }
  } catch (const ValueError& error) {
    throw UsageError(name + ": " + error.what());
  }
  DataFacts facts = facts_of(problem, split);
  facts.name = name;
  return facts;
}

void add_data(Plan& plan, const std::string& name) {
  const DataChoice choice = choice_for(plan.data_choice, name);
  const Problem problem(prepare(choice), ModelOptions());  // the graph as it is
  plan.metric.push_back(metric_for(plan.budget, problem.classes()));
  plan.data.push_back(checked_facts(plan, problem, name));
  for (std::size_t contender = 0; contender < plan.contenders.size(); ++contender)
    plan.cells.push_back(cell_of(plan, contender, problem, choice));
}

Job job_of(const Plan& plan, const Cell& cell, std::size_t point, Index turn, bool final) {
  Job job{.settings = cell.settings.at(point),
          .seed = plan.seed + static_cast<std::uint64_t>(turn),
          .turn = turn,
          .final = final,
          .pictures = final && turn == 0};
  job.settings.seed = job.seed;
  job.settings.seeds = 1;
  const std::string words = in_words(plan.points.at(point));
  job.says = fmt::format("{}, seed {}, {}", plan.in_words(cell), job.seed, words);
  job.file = plan.out / "runs" / as_folder(plan.data.at(cell.data).name) / as_folder(plan.name_of(cell)) /
             as_folder(words) / fmt::format("{}-{}.json", final ? "final" : "search", job.seed);
  return job;
}

}  // namespace

Json json_of(const Job& job) {
  return {{"model", json_of(job.settings.model)},
          {"training", json_of(job.settings.training)},
          {"data", json_of(job.settings.data)},
          {"seed", job.seed},
          {"turn", job.turn},
          {"final", job.final},
          {"pictures", job.pictures}};
}

Job job_from(const Json& json) {
  Job job;
  job.settings.model = model_from(part(json, "model"));
  job.settings.training = training_from(part(json, "training"));
  job.settings.data = data_from(part(json, "data"));
  job.settings.seed = job.seed = member<std::uint64_t>(json, "seed");
  job.turn = member<Index>(json, "turn");
  job.final = member<bool>(json, "final");
  job.pictures = member<bool>(json, "pictures");
  return job;
}

Plan plan_of(const CompareRequest& request) {
  Plan plan{.contenders = contenders_of(request.attention),
            .baseline = 0,
            .points = points_of(grid_of(request.grid)),
            .budget = budget_of(request, grid_of(request.grid)),
            .data_choice = request.data,
            .seed = request.seed,
            .seeds = request.seeds,
            .search_seeds = request.search_seeds,
            .out = request.out};
  plan.baseline = baseline_of(plan.contenders, request.baseline);
  if (request.data.data.empty())
    throw UsageError("--data: got nothing, want names or paths with commas between; see mercer data list");
  plan.data_choice.data.clear();
  for (const std::string& name : parts_of(request.data.data, ',', "--data"))
    add_data(plan, name);
  return plan;
}

std::vector<Job> searches(const Plan& plan, const Cell& cell) {
  std::vector<Job> jobs;
  if (plan.points.size() < 2) return jobs;
  for (std::size_t point = 0; point < plan.points.size(); ++point)
    for (Index turn = 0; turn < plan.search_seeds; ++turn)
      jobs.push_back(job_of(plan, cell, point, turn, false));
  return jobs;
}

std::vector<Job> finals(const Plan& plan, const Cell& cell, std::size_t point) {
  std::vector<Job> jobs;
  for (Index turn = 0; turn < plan.seeds; ++turn)
    jobs.push_back(job_of(plan, cell, point, turn, true));
  return jobs;
}

Json protocol_json(const Plan& plan) {
  Json data = json_of(plan.data_choice);
  data.erase("name");
  return {{"training", json_of(plan.budget)}, {"data", data}, {"first_seed", plan.seed}};
}

std::string difference(const Json& before, const Json& now) {
  const auto at = [](const Json& json, const Json::json_pointer& place) {
    return json.contains(place) ? json.at(place).dump() : std::string("not set");
  };
  std::string text;
  int shown = 0;
  for (const Json& change : Json::diff(before, now)) {
    const auto path = change.at("path").get<std::string>();
    if (++shown > 3) return text + "; and more";
    const Json::json_pointer place(path);
    text += fmt::format("{}{}: was {}, is {}", text.empty() ? "" : "; ", path.empty() ? path : path.substr(1),
                        at(before, place), at(now, place));
  }
  return text;
}

}  // namespace mercer::program
