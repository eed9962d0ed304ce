#include "mercer/experiment/unfinished_run.hpp"

#include "experiment/options_json.hpp"
#include "experiment/result_json.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/whole_file.hpp"

namespace mercer {

namespace fs = std::filesystem;

namespace {

constexpr const char* run_format = "mercer run 2";
constexpr std::uintmax_t largest_run = 4ull << 30;

constexpr const char* unfinished = "resume";
constexpr const char* finished = "finished";

fs::path json_file(const fs::path& folder, const char* stem) { return folder / (std::string(stem) + ".json"); }
fs::path state_file(const fs::path& folder, const char* stem) { return folder / (std::string(stem) + ".safetensors"); }

UnfinishedRun run_from(const Json& json) {
  UnfinishedRun run;
  const auto found = member<std::string>(json, "format");
  require(found == run_format, "format", "got " + found + ", want " + run_format + "; start anew with --overwrite");
  require_known(json, {"format", "fingerprint", "command", "summary", "recipe", "recipe_why", "model", "training",
                       "data", "seed", "seeds", "init", "results", "chosen"});
  run.command = member<std::string>(json, "command");
  run.summary = member<std::string>(json, "summary");
  run.fingerprint = fingerprint_from(part(json, "fingerprint"));
  run.settings = {.recipe = member<std::string>(json, "recipe"),
                  .recipe_why = member<std::string>(json, "recipe_why"),
                  .model = model_from(part(json, "model")),
                  .training = training_from(part(json, "training")),
                  .data = data_from(part(json, "data")),
                  .seed = member<std::uint64_t>(json, "seed"),
                  .seeds = member<int>(json, "seeds")};
  if (json.contains("init")) run.settings.init = member<std::string>(json, "init");
  for (const Json& result : part(json, "results"))
    run.results.push_back(result_from(result));
  if (json.contains("chosen")) run.chosen = result_from(part(json, "chosen"));
  check(run.settings.training);
  require(static_cast<int>(run.results.size()) < run.settings.seeds, "seeds", "want more than there are results");
  return run;
}

void save(const fs::path& folder, const char* stem, const UnfinishedRun& run) {
  // the state first: the JSON must never name a seed whose state is not written yet, nor a refit beside the state of
  // the training that chose its epochs
  std::error_code ignored;
  if (run.state)
    save_state(state_file(folder, stem), *run.state);
  else if (run.chosen)
    fs::remove(state_file(folder, stem), ignored);
  const Settings& s = run.settings;
  Json json{{"format", run_format},      {"fingerprint", json_of(run.fingerprint)},
            {"command", run.command},    {"summary", run.summary},
            {"recipe", s.recipe},        {"recipe_why", s.recipe_why},
            {"model", json_of(s.model)}, {"training", json_of(s.training)},
            {"data", json_of(s.data)},   {"seed", s.seed},
            {"seeds", s.seeds},          {"results", Json::array()}};
  if (!s.init.empty()) json["init"] = s.init;
  if (run.chosen) json["chosen"] = json_of(*run.chosen);
  for (const SeedResult& result : run.results)
    json["results"].push_back(json_of(result));
  write_whole(json_file(folder, stem), text_of(json));
}

UnfinishedRun load(const fs::path& folder, const char* stem) {
  const fs::path file = json_file(folder, stem), state_path = state_file(folder, stem);
  const Json json = read_json(file, largest_run);
  UnfinishedRun run = understood(file.string(), [&] { return run_from(json); });
  if (!file_exists(state_path)) return run;
  TrainState state = load_state(state_path);
  if (state.seed == run.settings.seed + run.results.size()) run.state = std::move(state);
  return run;
}

void forget(const fs::path& folder, const char* stem) {
  std::error_code ignored;
  fs::remove(json_file(folder, stem), ignored);
  fs::remove(state_file(folder, stem), ignored);
}

}  // namespace

bool holds_unfinished_run(const fs::path& folder) { return file_exists(json_file(folder, unfinished)); }
bool holds_finished_run(const fs::path& folder) { return file_exists(json_file(folder, finished)); }

void save_unfinished(const fs::path& folder, const UnfinishedRun& run) { save(folder, unfinished, run); }
void save_finished(const fs::path& folder, const UnfinishedRun& run) { save(folder, finished, run); }

void forget_unfinished(const fs::path& folder) { forget(folder, unfinished); }
void forget_finished(const fs::path& folder) { forget(folder, finished); }

UnfinishedRun load_unfinished(const fs::path& folder) {
  if (!holds_unfinished_run(folder)) throw FileError(folder.string() + ": holds no unfinished run to resume");
  return load(folder, unfinished);
}

UnfinishedRun load_finished(const fs::path& folder) {
  if (!holds_finished_run(folder)) throw FileError(folder.string() + ": holds no finished run to train further");
  UnfinishedRun run = load(folder, finished);
  if (!run.state || !run.results.empty())
    throw FileError(json_file(folder, finished).string() + ": want one seed with its last state beside it");
  return run;
}

void extend(UnfinishedRun& run, Index epochs, std::optional<Index> patience) {
  TrainingChoice& training = run.settings.training;
  const Index had = run.state->epochs, waited = run.state->stopping.waited;
  require(epochs > had, "epochs",
          "got " + std::to_string(epochs) + ", the run has " + std::to_string(had) + " already, want more");
  refuse_idle_patience({.patience = patience}, training.stopping.value_or(StopRule::fixed_epochs));
  training.epochs = epochs;
  if (patience) training.patience = patience;
  const Index longest = *training.patience;
  require(training.stopping == StopRule::fixed_epochs || waited < longest, "patience",
          (patience ? "got " + std::to_string(longest) + ", and the run " : std::string("the run ")) +
              "stopped early: add --patience " + std::to_string(2 * waited) + " (more than its " +
              std::to_string(waited) + ")");
  check(training);
}

}  // namespace mercer
