#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "mercer/data/read.hpp"
#include "mercer/experiment/first_values.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "mercer/experiment/unfinished_run.hpp"
#include "mercer/models/build.hpp"
#include "train/folder.hpp"
#include "train/run.hpp"
#include "train/trained.hpp"

namespace mercer::program {

namespace {

constexpr const char* train_help =
    "Trains a model and says how good it is.\n\n"
    "Examples:\n"
    "  mercer train --data planted --out runs/first\n"
    "  mercer train --data planetoid/cora --recipe gat-cora --seeds 20 --summary cora.json\n"
    "  mercer train --data my-graph --model rbf --p 1.8 --split-random share:0.6,0.2\n"
    "  mercer train --data uea/JapaneseVowels --model transformer --seeds 5 --out runs/vowels\n"
    "  mercer train --init runs/first --learning-rate 0.001 --epochs 50 --out runs/tuned\n"
    "  mercer train --data planted --epochs 20 --profile runs/time.svg";

constexpr std::string_view of_a_resumed_run[] = {"--data",          "--threads",       "--device",
                                                 "--device-memory", "--no-cuda-graph", "--no-nccl",
                                                 "--summary",       "--profile",       "--quiet"};
constexpr std::string_view of_a_finished_run[] = {"--epochs", "--patience"};

void check_resume(const CLI::App& app, bool finished) {
  std::vector<std::string_view> allowed(std::begin(of_a_resumed_run), std::end(of_a_resumed_run));
  if (finished) allowed.insert(allowed.begin(), std::begin(of_a_finished_run), std::end(of_a_finished_run));
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || name == "--resume" || std::ranges::find(allowed, name) != allowed.end()) continue;
    throw UsageError(fmt::format("{}: {} as it began; with --resume there are only {}", name,
                                 finished ? "a finished run is trained further" : "an interrupted run goes on",
                                 fmt::join(allowed, ", ")));
  }
}

/// The end of the word that begins there, quotes and all.
std::size_t end_of_word(const std::string& line, std::size_t begin) {
  bool quoted = false;
  for (; begin < line.size() && (quoted || line[begin] != ' '); ++begin)
    if (line[begin] == '\\' && !quoted)
      ++begin;
    else
      quoted ^= line[begin] == '\'';
  return std::min(begin, line.size());
}

/// The command with another value of that option, in the place of those that it has, not in quotes; else at its end.
std::string with_value(const std::string& command, const std::string& option, const std::string& value) {
  std::string rest = command;
  for (std::size_t first = rest.find(" " + option); first != std::string::npos;
       first = rest.find(" " + option, first + 1)) {
    const std::size_t next = first + 1 + option.size();
    const bool quoted = std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(first), '\'') % 2 == 1;
    if (quoted || next == rest.size() || (rest[next] != ' ' && rest[next] != '=')) continue;
    rest.erase(first, end_of_word(rest, next + 1) - first);
    --first;
  }
  return fmt::format("{} {} {}", rest, option, shell_line({value}));
}

/// Finds the data of a resumed run, where they were or where --data says that they are. Whether they are the same, the
/// run itself compares.
void find_data(UnfinishedRun& run, const TrainCommand& asked) {
  DataChoice& data = run.settings.data;
  const std::string& now = asked.request.data.data;
  if (!now.empty()) {
    data.data = now;
    data.path.clear();
    run.command = with_value(run.command, "--data", now);
  }
  try {
    data.path = place_of(data);
  } catch (const FileError& error) {
    if (!now.empty()) throw;
    throw FileError(
        fmt::format("{}; these are the data that the run began with; mercer train --resume {} --data NEWPLACE says "
                    "where they are now",
                    error.what(), shell_line({asked.resume})));
  }
}

/// Throws UsageError for a folder that holds a model without the state of its training.
void refuse_model_alone(const std::string& folder) {
  if (!holds_model(folder)) return;
  const int seeds = seeds_of_run(folder);
  throw UsageError(fmt::format(
      "--resume {0}: holds {1}, which can't be trained further; --init {0} --out OTHER begins with it", folder,
      seeds > 1 ? fmt::format("the best of {} seeds", seeds) : "a model without the state of its training"));
}

/// Throws UsageError for a folder whose run was killed before its first state was written.
void refuse_run_without_state(const std::string& folder) {
  if (!file_exists(std::filesystem::path(folder) / "log.jsonl.partial")) return;
  throw UsageError(
      fmt::format("--resume {}: its run ended before a state was saved, which is done every 20 seconds and "
                  "after each seed; train anew with --out {} --overwrite",
                  folder, shell_line({folder})));
}

/// The interrupted run of a folder, or its finished run with more epochs.
UnfinishedRun resumed_run(const CLI::App& app, const TrainCommand& asked) {
  const std::string& folder = asked.resume;
  const bool interrupted = holds_unfinished_run(folder), finished = !interrupted && holds_finished_run(folder);
  if (!interrupted && !finished) {
    refuse_many_runs(folder, "--resume ");
    refuse_run_without_state(folder);
    refuse_model_alone(folder);
  }
  if (interrupted || finished) check_resume(app, finished);
  if (!finished) return load_unfinished(folder);
  UnfinishedRun run = load_finished(folder);
  const TrainingChoice& more = asked.request.training;
  if (!more.epochs)
    throw UsageError(fmt::format(
        "{0}: this run is finished, after {1} epochs; mercer train --resume {0} --epochs {2} trains it further", folder,
        run.state->epochs, std::max<Index>(1, 2 * run.state->epochs)));
  extend(run, *more.epochs, more.patience);
  run.command = with_value(run.command, "--epochs", std::to_string(*more.epochs));  // this command gives the same run
  if (more.patience) run.command = with_value(run.command, "--patience", std::to_string(*more.patience));
  return run;
}

UnfinishedRun begin(const TrainCommand& asked, const Invocation& typed) {
  UnfinishedRun begun;
  begun.command = typed.line;
  begun.summary = asked.summary;
  TrainRequest request = asked.request;
  if (!asked.init.empty()) {
    refuse_many_runs(asked.init, "--init ");
    const TrainedModel first = load_model(asked.init);
    if (!asked.out.empty()) refuse_data_folder(asked.out, first.data.path);
    begin_with(first, request);
  }
  begun.settings = resolve(request);
  if (!asked.init.empty()) begun.settings.init = std::filesystem::absolute(asked.init).lexically_normal().string();
  refuse_idle_patience(asked.request.training, *begun.settings.training.stopping);
  // a model of another kind than the data is refused as such
  if (is_sequence_set(request.data.data) == is_sequence_model(begun.settings.model.name))
    refuse_idle_options(asked.request.options, begun.settings.model);
  if (!asked.out.empty()) {
    check_folder(asked);
    refuse_data_folder(asked.out, place_of(begun.settings.data));
  }
  return begun;
}

/// The files of a profile; its two names differ in their ending alone.
ProfileFiles profile_files(const TrainCommand& asked, const std::string& folder) {
  if (!asked.profile) return {};
  const bool named = !asked.profile->empty();
  if (!named && folder.empty()) {
    if (asked.quiet)
      throw UsageError("--profile: with --quiet nothing shows it, want --profile FILE, or --out for its files");
    return {.wanted = true};
  }
  const bool in_folder = named && std::filesystem::is_directory(*asked.profile);
  std::filesystem::path file = named ? std::filesystem::path(*asked.profile) : std::filesystem::path(folder);
  if (!named || in_folder) file /= "profile";
  if (named && !in_folder) form_of({"--profile", file}, {".json", ".svg"});
  ProfileFiles files{.wanted = true};
  files.json = file.replace_extension(".json");
  files.svg = file.replace_extension(".svg");
  return files;
}

/// Of the model that the run begins with; empty without one.
std::filesystem::path training_data_of(const std::string& init) {
  return init.empty() || !holds_model(init) ? "" : load_model(init).data.path;
}

/// Throws FileError, or UsageError where an output would take the place of a file that is read or of another output;
/// the run's own folder has the same texts under the same names.
void check_outputs(const UnfinishedRun& begun, const std::string& folder, const ProfileFiles& profile) {
  std::vector<Output> outputs, elsewhere;
  const auto take = [&](const char* option, const std::filesystem::path& file, const char* own) {
    if (file.empty()) return;
    outputs.push_back({option, file});
    if (folder.empty() || whole_path(file) != whole_path(std::filesystem::path(folder) / own))
      elsewhere.push_back(outputs.back());
  };
  take("--summary", begun.summary, "summary.json");
  take("--profile", profile.json, "profile.json");
  take("--profile", profile.svg, "profile.svg");
  if (!outputs.empty())
    check_apart(outputs, {.run = begun.settings.init,
                          .data = place_of(begun.settings.data),
                          .trained_on = training_data_of(begun.settings.init)});
  if (!folder.empty()) check_apart(elsewhere, {.run = folder});
  const bool is_new = !folder.empty() && !file_exists(folder);
  for (const Output& output : elsewhere)
    if (!is_new || whole_path(output.file).parent_path() != whole_path(folder)) check_writable(output.file);
  if (!begun.summary.empty()) form_of({"--summary", begun.summary}, {".json"});
}

}  // namespace

int train(const Invocation& typed) {
  CLI::App app(train_help, "mercer train");
  TrainCommand asked;
  declare(app, asked);
  if (!parse(app, with_config(app, typed.words))) return done;
  const Machine machine = use_machine(asked.machine);
  const bool resumed = !asked.resume.empty();
  if (asked.fresh && !resumed && asked.out.empty())
    throw UsageError("--overwrite: forgets what --out holds, want it with --out");
  const std::string& folder = resumed ? asked.resume : asked.out;
  FolderLock lock = folder.empty() ? FolderLock() : lock_if_there(folder);
  UnfinishedRun begun = resumed ? resumed_run(app, asked) : begin(asked, typed);
  DataChoice& data = begun.settings.data;
  const bool cut = machine.ranks > 1 && !is_sequence_model(begun.settings.model.name) &&
                   !is_sequence_set(data.data);  // sequences are refused by name
  if (!resumed && cut && (!data.reorder || chooses_order(data))) data.reorder = Index{machine.ranks};
  if (resumed && !asked.summary.empty()) begun.summary = asked.summary;
  if (resumed) find_data(begun, asked);
  const ProfileFiles profile = profile_files(asked, folder);
  check_outputs(begun, folder, profile);
  TrainRun run(std::move(begun), folder, asked.quiet, machine, profile);
  if (!resumed && !folder.empty()) {
    if (asked.fresh)
      forget_unfinished(folder);
    else
      run.check_finished(folder);
  }
  return run.run(std::move(lock));
}

}  // namespace mercer::program
