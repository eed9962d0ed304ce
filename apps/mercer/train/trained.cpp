#include "train/trained.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/options.hpp"
#include "cli/streams.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/experiment/compare_plan.hpp"
#include "mercer/experiment/match.hpp"
#include "mercer/experiment/node_order.hpp"
#include "mercer/experiment/tuning.hpp"
#include "mercer/experiment/unfinished_run.hpp"
#include "train/folder.hpp"

namespace mercer::program {

namespace {

/// The data of the model, or those that were asked for, with their place.
DataChoice place(DataChoice choice, const DataChoice& described) {
  const bool own = choice.data.empty();
  if (own) {
    choice.data = described.data;
    choice.path = described.path;
  }
  try {
    choice.path = place_of(choice);
  } catch (const FileError& error) {
    if (!own) throw;
    throw FileError(std::string(error.what()) +
                    "; these are the data that the model was trained on: --data NEWPLACE says where they are now");
  }
  return choice;
}

/// One line when the model is that of one seed among several.
void tell_seed(const std::string& folder, const TrainedModel& model) {
  const int seeds = seeds_of_run(folder);
  if (seeds < 2) return;
  const bool compared = model.training.refit.value_or(false) ||
                        std::ranges::find(model.parts, SplitPart::validation) != model.parts.end();
  const std::string metric = name_of(model.training.metric.value_or(Metric::accuracy), metric_choices);
  tell(fmt::format("{}: the model of seed {}, the {} of {}{}", folder, model.seed, compared ? "best" : "first", seeds,
                   compared ? " by validation " + metric : "; without validation nodes none is the best"));
}

/// One line when the run of the model isn't finished.
void tell_unfinished(const std::string& folder) {
  if (!holds_unfinished_run(folder)) return;
  std::string seeds;
  try {
    const UnfinishedRun run = load_unfinished(folder);
    if (run.settings.seeds > 1) seeds = fmt::format(", {} of {} seeds are", run.results.size(), run.settings.seeds);
  } catch (const FileError&) {  // --resume says what is wrong with it
  }
  tell(fmt::format("{}: the run is not finished{}; mercer train --resume {} goes on", folder, seeds,
                   shell_line({folder})));
}

/// One line when the data are not those that the model was trained on; was there one?
bool tell_difference(const TrainedRequest& request, const DataChoice& choice, const Trained& trained) {
  const TrainedModel& model = trained.model;
  const std::string differs = difference(trained.problem->prepared, model);
  if (differs.empty()) return false;
  if (!trained.other_graph)
    tell(fmt::format("{} is what {} was trained on, changed in: {}", choice.data, request.model, differs));
  else if (choice.path == model.data.path)
    tell(fmt::format("{} is not what {} was trained on: the {} differ; its training {} {}", choice.data, request.model,
                     differs, trained.problem->prepared.data.examples_in_words(),
                     trained.has_larger_parts(request) ? "keep their part" : "may be among those that are scored"));
  else
    tell(fmt::format(
        "{} {} that {} was trained on, {}", choice.data,
        is_sequence_model(model.options.name) ? "is not the set of sequences" : "is another graph than the one",
        request.model, model.data.path.empty() ? model.data.data : model.data.path));
  return true;
}

/// One line for each choice of another preparation than the model's; another split is no other preparation.
void tell_preparation(const DataChoice& typed, const DataChoice& described) {
  const OptionValues own = option_values(described);
  for (const auto& [name, value] : option_values(typed)) {
    const auto learned = own.find(name);
    if (name.starts_with("split") || name == "validation-share" || learned == own.end()) continue;
    if (learned->second.text() != value.text())
      tell(fmt::format("{} is {} here; the model learned with {}", name, value.text(), learned->second.text()));
  }
}

/// One line when nodes of another graph have the names of nodes that trained.
void tell_names(const TrainedRequest& request, const Trained& trained) {
  const Dataset& data = trained.problem->prepared.data;
  const Index count = count_trained(trained.model, data.node_names);
  if (count == 0) return;
  tell(fmt::format("{} of the {} {} of {} have the names of training {} of {}", count, data.examples(),
                   data.examples_in_words(), data.name, data.examples_in_words(), request.model));
}

/// One line when the split is another one than the model was trained on: its test part may hold nodes that trained.
void tell_split(const TrainedRequest& request, const Trained& trained) {
  const Prepared& prepared = trained.problem->prepared;
  const SplitParts& then = trained.model.parts;
  if (then.empty()) return;
  if (trained.other_graph) return tell_names(request, trained);
  const Split now = split_of(prepared, trained.model.seed, 0).split;
  const auto count = [&](const std::vector<Node>& nodes, SplitPart part) {
    return count_in(then, part, prepared, nodes);
  };
  const auto among = count(now.test, SplitPart::train);
  if (among == 0 && count(now.train, SplitPart::train) == std::ssize(now.train) &&
      count(now.validation, SplitPart::validation) == std::ssize(now.validation))
    return;
  const std::string examples = prepared.data.examples_in_words();
  if (same_examples(prepared, trained.model))
    tell(fmt::format("{} was trained on another split: {} of the {} test {} here were among its training {}",
                     request.model, among, now.test.size(), examples, examples));
  else
    tell(
        fmt::format("{} was trained on another split: {} of the {} test {} here have the numbers of its training {}; "
                    "the data are changed, so whether they are the same ones is not known",
                    request.model, among, now.test.size(), examples, examples));
}

/// One line when nodes of the data are left out.
void tell_left_out(const Prepared& prepared) {
  const Index all = prepared.source.nodes, kept = prepared.data.nodes();
  if (kept == all) return;
  tell(
      fmt::format("{}: {} of the {} nodes are left out: they are outside of the largest component; "
                  "--no-largest-component takes all",
                  prepared.data.name, all - kept, all));
}

}  // namespace

void refuse_many_runs(const std::string& folder, const std::string& option) {
  if (holds_model(folder)) return;
  const std::string out = shell_line({(std::filesystem::path(folder) / "final").string()});
  if (holds_search(folder))
    throw UsageError(fmt::format(
        "{}{}: holds a search, which keeps no model; mercer train --config {} --out {} trains its best settings",
        option, folder, shell_line({(std::filesystem::path(folder) / "best.json").string()}), out));
  if (holds_comparison(folder))
    throw UsageError(
        fmt::format("{}{}: holds a comparison, which keeps no model; its report.html has the mercer train "
                    "command of each row, to which --out {} adds a model",
                    option, folder, out));
}

void declare_trained(CLI::App& app, TrainedRequest& request) {
  CLI::Option* folder = app.add_option("MODEL", request.model, "folder that mercer train --out wrote")->type_name("");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--model", request.model, "the same folder")->type_name("DIR")->excludes(folder);
  app.option_defaults()->group("Data (those of the model, where nothing is said)");
  declare_data(app, request.data);
  app.option_defaults()->group("Machine");
  declare_machine(app, request.machine);
  app.option_defaults()->group("Output");
}

Trained load_trained(const TrainedRequest& request) {
  if (request.model.empty()) throw UsageError("--model: got nothing, want the folder of a trained model");
  if (request.data.positive)
    throw UsageError("--positive: no effect here, it is of scores: want it with train or evaluate");
  const Machine machine = use_one_device(request.machine);
  refuse_many_runs(request.model);
  Trained trained{.model = load_model(request.model), .problem = nullptr};
  const DataChoice choice = place(request.data, trained.model.data);
  check_apart(request.outputs, {.run = request.model, .data = choice.path, .trained_on = trained.model.data.path});
  Dataset data = load_dataset(choice.path);
  const std::size_t notes = data.notes.size();
  TrainedModel in_order = in_order_of(trained.model, data);
  const bool moved = in_order.node_keys != trained.model.node_keys;
  trained.larger_parts = parts_in_larger(trained.model, data);
  trained.problem = std::make_unique<Problem>(problem_in_order(in_order, moved, std::move(data), machine, choice));
  trained.model = std::move(in_order);
  const Prepared& prepared = trained.problem->prepared;
  trained.other_graph = !was_trained_on(trained.model, prepared.source, choice.path);
  tell_seed(request.model, trained.model);
  tell_unfinished(request.model);
  const bool differs = tell_difference(request, choice, trained);
  tell_preparation(request.data, trained.model.data);
  tell_split(request, trained);
  tell_left_out(prepared);
  // of the matching; the training has printed the reader's, unless the data are others
  for (std::size_t n = differs ? 0 : notes; n < prepared.data.notes.size(); ++n)
    tell(fmt::format("{}: {}", prepared.data.name, prepared.data.notes[n]));
  return trained;
}

bool Trained::has_larger_parts(const TrainedRequest& request) const {
  return !larger_parts.empty() && problem->prepared.data.splits.empty() && !request.data.split_random;
}

Tensor logits_of(const Trained& trained) {
  Problem& problem = *trained.problem;
  return problem.or_streamed([&] {
    move_to(trained.model.model, problem.device());
    return logits_of(trained.model.model, problem);
  });
}

Tensor hidden_of(const Trained& trained) {
  const Model& model = trained.model.model;
  if (!model.hidden)
    throw UsageError("--embeddings: the model has one layer, which reads the features: there is no hidden layer");
  Problem& problem = *trained.problem;
  return problem.or_streamed([&] {
    move_to(model, problem.device());
    return hidden_of(model, problem);
  });
}

}  // namespace mercer::program
