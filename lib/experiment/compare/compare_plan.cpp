#include "mercer/experiment/compare_plan.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "experiment/compare/compare_json.hpp"
#include "experiment/options_json.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/hash.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/base/whole_file.hpp"
#include "mercer/experiment/class_weights.hpp"
#include "mercer/experiment/memory_estimate.hpp"
#include "mercer/experiment/problem.hpp"

namespace mercer {

namespace {

namespace fs = std::filesystem;

constexpr const char* protocol_format = "mercer comparison 1";
constexpr std::uintmax_t largest_protocol = 1u << 20;

fs::path protocol_file(const fs::path& folder) { return folder / "compare.json"; }

Json protocol_of(const ComparePlan& plan) {
  Json data = json_of(plan.data_choice);
  data.erase("name");
  Json protocol{{"training", json_of(plan.budget)}, {"data", data}, {"first_seed", plan.seed}};
  if (!plan.stack.empty()) protocol["stack"] = plan.stack;
  return protocol;
}

/// The contents of each data set by its name.
Json sources_of(const ComparePlan& plan) {
  Json sources = Json::object();
  for (const auto& [name, source] : plan.sources)
    sources[name] = json_of(source);
  return sources;
}

/// What differs between the data that a folder's results were made from and those of the plan; a set that is new to
/// the folder doesn't.
std::string data_difference(const Json& sources, const ComparePlan& plan) {
  for (const auto& [name, source] : plan.sources) {
    if (!sources.contains(name)) continue;
    if (const std::string differs = difference(fingerprint_from(part(sources, name)), source); !differs.empty())
      return "data " + name + ": the " + differs + " differ";
  }
  return {};
}

/// A name of a folder for this name alone: blanks are commas, other odd characters %HH, and of a long name the end
/// stays, behind a number that is its own.
std::string as_folder(const std::string& name) {
  constexpr std::size_t longest = 100, kept = 60;  // bytes
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string folder;
  for (const char c : name) {
    const auto code = static_cast<unsigned char>(c);
    const bool odd = c == '/' || c == '%' || c == ',' || code < 0x20 || code == 0x7F || (c == '.' && folder.empty());
    if (odd)
      folder.append({'%', digits[code >> 4], digits[code & 15]});
    else
      folder += c == ' ' ? ',' : c;
  }
  if (folder.size() <= longest) return folder;
  std::size_t first = folder.size() - kept;
  while (first < folder.size() && (static_cast<unsigned char>(folder[first]) & 0xC0) == 0x80)
    ++first;
  return std::to_string(hash_of(name)) + "-" + folder.substr(first);
}

/// The default split: "all" for sets with several given splits; others have one, or are split at random.
DataChoice choice_for(const DataChoice& typed, const std::string& name) {
  DataChoice choice = typed;
  choice.data = name;
  if (choice.split_random || (choice.split && *choice.split != "all")) return choice;
  choice.split.reset();
  if (prepare(choice).data.splits.size() > 1) choice.split = "all";
  return choice;
}

Metric metric_for(const TrainingChoice& budget, Index classes) {
  return budget.metric.value_or(classes == 2 ? Metric::roc_auc : Metric::accuracy);
}

/// In the stack of GAT, with its learning rate and weight decay, where a paper gives the model a stack of its own, too;
/// what the request has stands.
void take_stack(const std::string& stack, TrainRequest& request) {
  const Recipe of_all = recipe(stack_recipe_name(stack, "gat"));
  request.recipe = stack_recipe_name(stack, *request.model);
  for (const char* option : {"layers", "hidden", "hidden-dropout", "norm", "residual"})
    request.options.options.try_emplace(option, of_all.model.options.at(option));
  const OptionValue* decays = of_all.model.find("decay-norms");  // in all, where the request leaves a norm
  if (decays != nullptr && *request.options.find("norm") != OptionValue("none"))
    request.options.options.try_emplace("decay-norms", *decays);
  if (!request.training.learning_rate) request.training.learning_rate = of_all.learning_rate;
  if (!request.training.weight_decay) request.training.weight_decay = of_all.weight_decay;
}

Settings settings_for(const ComparePlan& plan, const Contender& contender, const GridPoint& point,
                      const DataChoice& data, Metric metric) {
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
  if (!plan.stack.empty()) take_stack(plan.stack, request);
  return resolve(request);
}

/// Throws ValueError when the grid sets an option that a contender has set.
void require_apart(const Contender& contender, const GridPoint& point) {
  for (const auto& [option, value] : point)
    require(contender.model.find(option) == nullptr, contender.name.c_str(),
            "the grid sets " + option + " too; take it out of one of them (grid none)");
}

/// The model's options that were typed, and those of a point of the grid.
ModelOptions options_set(const Contender& contender, const GridPoint& point) {
  ModelOptions options = contender.model;
  TrainingChoice training;
  for (const OptionText& option : point)
    if (!set_option(training, option)) set_option(options, option);
  return options;
}

/// Adds a contender on the last data set. Throws ValueError that names both.
CompareCell cell_of(const ComparePlan& plan, std::size_t contender, const Problem& problem, const DataChoice& choice) {
  CompareCell cell{.contender = contender, .data = plan.data.size() - 1};
  const Contender& mine = plan.contenders[contender];
  try {
    for (const GridPoint& point : plan.points) {
      require_apart(mine, point);
      Settings settings = settings_for(plan, mine, point, choice, plan.metric.back());
      const Settings chosen = settings;
      require_memory(chosen, problem, [&] {
        if (const std::string note = complete(settings, problem); !note.empty()) cell.note = note;
        if (cell.settings.empty())
          cell.parameters =
              parameter_count(build_model(settings.model, problem.features(), problem.classes(), plan.seed));
      });
      refuse_idle_options(options_set(mine, point), chosen.model);
      check_fit(problem.prepared.data, settings.model);
      if (!problem.prepared.data.has_items())  // throws when it grows too wide
        neighbourhood_for(settings.model, problem.prepared.data.graph);
      cell.settings.push_back(std::move(settings));
    }
  } catch (const std::invalid_argument& error) {
    throw ValueError(plan.in_words(cell) + ": " + error.what());
  }
  return cell;
}

/// One line where the contenders on the last data set don't read the same of its edges; empty where they do.
std::string unequal_reading(const ComparePlan& plan) {
  std::string able, unable;
  for (const CompareCell& cell : plan.cells) {
    if (cell.data + 1 != plan.data.size()) continue;
    std::string& names = reads_edge_features(cell.settings.front().model) ? able : unable;
    names += (names.empty() ? "" : ", ") + plan.name_of(cell);
  }
  if (unable.empty()) return "";
  if (able.empty())
    return "the features of edges are not used: " + unable + " read none; " + readers_of_edge_features() + " do";
  return "the features of edges are read by " + able + " and not by " + unable +
         ": the contenders do not see the same data; --edge-features ignore keeps them from all";
}

/// Throws ValueError for data that are among those of the plan: means and tests over data sets would count them twice.
void require_new(const ComparePlan& plan, const Fingerprint& source, const std::string& name) {
  for (const auto& [other, known] : plan.sources)
    if (known == source)
      throw ValueError("[data] " + name + ": holds the same data as " + other + ", want each data set once");
}

/// Checks the split of every seed. The sizes of the first one describe the data in the report.
DataFacts checked_facts(const ComparePlan& plan, const Problem& problem, const std::string& name) {
  Settings scoring;
  scoring.training.metric = plan.metric.back();
  scoring.training.refit = plan.budget.refit;
  scoring.training.stopping = plan.budget.stopping;
  const std::string examples = problem.prepared.data.examples_in_words();
  Split split;
  try {
    for (Index turn = std::max(plan.seeds, plan.search_seeds) - 1; turn >= 0; --turn) {
      split = split_of(problem.prepared, plan.seed + static_cast<std::uint64_t>(turn), turn).split;
      check_split(problem, scoring, split);
      if (split.validation.empty())
        throw ValueError(name + ": the split has no validation " + examples + " to choose by; " +
                         way_to_validation(problem.prepared, split));
      if (split.test.empty()) throw ValueError(name + ": the split has no test " + examples + " to compare by");
    }
  } catch (const ValueError& error) {
    throw ValueError(name + ": " + error.what());
  }
  DataFacts facts = facts_of(problem, split);
  facts.name = name;
  return facts;
}

/// The name that as_folder made a folder of, if it was not a long one.
std::string name_of_folder(const std::string& folder) {
  std::string name;
  for (std::size_t at = 0; at < folder.size(); ++at) {
    unsigned code = 0;
    const char* digits = folder.data() + at + 1;
    if (folder[at] == '%' && at + 2 < folder.size() &&
        std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      name += static_cast<char>(code);
      at += 2;
    } else {
      name += folder[at] == ',' ? ' ' : folder[at];
    }
  }
  return name;
}

std::vector<std::string> folders_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.is_directory(error)) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

bool holds_finals(const fs::path& folder) {
  std::error_code error;
  for (const std::string& point : folders_in(folder))
    for (const auto& entry : fs::directory_iterator(folder / point, error))
      if (entry.path().filename().string().starts_with("final-")) return true;
  return false;
}

CompareJob job_of(const ComparePlan& plan, const CompareCell& cell, std::size_t point, Index turn, bool final) {
  CompareJob job{.settings = cell.settings.at(point),
                 .seed = plan.seed + static_cast<std::uint64_t>(turn),
                 .turn = turn,
                 .final = final,
                 .pictures = final && turn == 0};
  job.settings.seed = job.seed;
  job.settings.seeds = 1;
  const std::string words = point_text(plan.points.at(point));
  job.says = plan.in_words(cell) + ", seed " + std::to_string(job.seed) + ", " + words;
  job.file = plan.out / "runs" / as_folder(plan.data.at(cell.data).name) / as_folder(plan.name_of(cell)) /
             as_folder(words) / ((final ? "final-" : "search-") + std::to_string(job.seed) + ".json");
  return job;
}

}  // namespace

std::string stack_recipe_name(const std::string& stack, const std::string& model) {
  return "tuned-" + model + (stack == "tuned" ? "" : "-" + stack);
}

std::string point_text(const GridPoint& point) {
  std::string text;
  for (const auto& [option, value] : point)
    text += (text.empty() ? "" : " ") + option + "=" + value;
  return text.empty() ? "as given" : text;
}

Json json_of(const CompareJob& job) {
  Json json{{"model", json_of(job.settings.model)},
            {"training", json_of(job.settings.training)},
            {"data", json_of(job.settings.data)},
            {"seed", job.seed},
            {"turn", job.turn},
            {"final", job.final},
            {"pictures", job.pictures}};
  if (job.until > 0) json["until"] = job.until, json["after"] = job.after;
  return json;
}

std::string text_of(const CompareJob& job) {
  try {
    return json_of(job).dump();
  } catch (const Json::exception&) {
    throw ValueError(in_quotes(job.settings.data.data) + ": want a name in UTF-8");
  }
}

CompareJob job_from(const std::string& text) {
  CompareJob job;
  const Json json = parsed_json(text);
  require_known(json, {"model", "training", "data", "seed", "turn", "final", "pictures", "until", "after"});
  job.settings.model = model_from(part(json, "model"));
  job.settings.training = training_from(part(json, "training"));
  job.settings.data = data_from(part(json, "data"));
  job.settings.seed = job.seed = member<std::uint64_t>(json, "seed");
  job.turn = member<Index>(json, "turn");
  job.final = member<bool>(json, "final");
  job.pictures = member<bool>(json, "pictures");
  if (!json.contains("until")) return job;
  job.until = member<Index>(json, "until");
  job.after = member<Index>(json, "after");
  return job;
}

void add_data(ComparePlan& plan, const std::string& name) {
  DataChoice choice = choice_for(plan.data_choice, name);
  if (!plan.stack.empty()) choice = prepared_for(recipe(stack_recipe_name(plan.stack, "gat")), std::move(choice));
  Prepared prepared = prepare(choice);
  const ModelOptions any{.name = prepared.data.has_items() ? "transformer" : "gat"};  // of the plain graph
  const Problem problem(std::move(prepared), any);
  if (problem.prepared.data.label_kind != LabelKind::classes)
    throw ValueError(name + ": got the task " + name_of(problem.prepared.data.label_kind, task_choices) +
                     ", want classes: mercer compare compares no others; mercer train learns them");
  plan.metric.push_back(metric_for(plan.budget, problem.classes()));
  plan.data.push_back(checked_facts(plan, problem, name));
  if (std::string note = note_of_metric(plan.metric.back(), problem.prepared.data); !note.empty())
    plan.data.back().notes.push_back(std::move(note));
  if (const auto& weight = plan.budget.class_weight)
    if (std::string note = note_of_class_weights(*weight, problem.prepared.data); !note.empty())
      plan.data.back().notes.push_back(std::move(note));
  for (std::size_t contender = 0; contender < plan.contenders.size(); ++contender)
    plan.cells.push_back(cell_of(plan, contender, problem, choice));
  if (problem.prepared.data.has_edge_features())
    if (std::string note = unequal_reading(plan); !note.empty()) plan.data.back().notes.push_back(std::move(note));
  require_new(plan, problem.prepared.source, name);
  plan.sources.emplace_back(name, problem.prepared.source);
}

std::vector<CompareJob> searches(const ComparePlan& plan, const CompareCell& cell) {
  std::vector<CompareJob> jobs;
  if (plan.points.size() < 2) return jobs;
  for (std::size_t point = 0; point < plan.points.size(); ++point)
    for (Index turn = 0; turn < plan.search_seeds; ++turn)
      jobs.push_back(job_of(plan, cell, point, turn, false));
  return jobs;
}

std::vector<CompareJob> finals(const ComparePlan& plan, const CompareCell& cell, std::size_t point) {
  std::vector<CompareJob> jobs;
  for (Index turn = 0; turn < plan.seeds; ++turn)
    jobs.push_back(job_of(plan, cell, point, turn, true));
  return jobs;
}

std::string protocol_json(const ComparePlan& plan) { return protocol_of(plan).dump(); }

bool holds_comparison(const fs::path& folder) { return file_exists(protocol_file(folder)); }

void save_protocol(const fs::path& folder, const ComparePlan& plan) {
  Json sources = sources_of(plan);
  if (holds_comparison(folder))  // results on other data stay
    if (const Json before = read_json(protocol_file(folder), largest_protocol); before.contains("sources"))
      for (const auto& [name, source] : before["sources"].items())
        if (!sources.contains(name)) sources[name] = source;
  const Json json{{"format", protocol_format}, {"protocol", protocol_of(plan)}, {"sources", sources}};
  write_whole(protocol_file(folder), text_of(json));
}

std::string protocol_difference(const fs::path& folder, const ComparePlan& plan) {
  const Json json = read_json(protocol_file(folder), largest_protocol);
  return understood(protocol_file(folder).string(), [&] {
    const auto found = member<std::string>(json, "format");
    require(found == protocol_format, "format", "got " + in_quotes(found) + ", want " + protocol_format);
    require_known(json, {"format", "protocol", "sources"});
    const Json &before = part(json, "protocol"), now = protocol_of(plan);
    const auto stack = [](const Json& protocol) { return protocol.value("stack", "none"); };
    if (stack(before) != stack(now))  // the budget follows
      return "stack: was " + printable(stack(before)) + ", is " + stack(now);
    const std::string differs = difference(before, now);
    if (!differs.empty()) return differs;
    if (!json.contains("sources")) return std::string("its data: an earlier mercer did not keep what was in them");
    return data_difference(part(json, "sources"), plan);
  });
}

std::vector<std::string> other_results(const ComparePlan& plan) {
  std::vector<std::string> others;
  const fs::path runs = plan.out / "runs";
  const auto is_named = [&](const std::string& data, const std::string& model) {
    return std::ranges::any_of(plan.cells, [&](const CompareCell& cell) {
      return as_folder(plan.data.at(cell.data).name) == data && as_folder(plan.name_of(cell)) == model;
    });
  };
  for (const std::string& data : folders_in(runs)) {
    std::string models;
    for (const std::string& model : folders_in(runs / data))
      if (!is_named(data, model) && holds_finals(runs / data / model))
        models += (models.empty() ? "" : ", ") + name_of_folder(model);
    if (!models.empty()) others.push_back(name_of_folder(data) + " with " + models);
  }
  return others;
}

}  // namespace mercer
