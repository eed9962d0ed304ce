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

fs::path json_file(const fs::path& folder) { return folder / "resume.json"; }
fs::path state_file(const fs::path& folder) { return folder / "resume.safetensors"; }

}  // namespace

bool holds_unfinished_run(const fs::path& folder) { return fs::exists(json_file(folder)); }

void save_unfinished(const fs::path& folder, const UnfinishedRun& run) {
  // the state first: resume.json must never name a seed whose state is not written yet
  if (run.state) save_state(state_file(folder), *run.state);
  const Settings& s = run.settings;
  Json json{{"format", run_format},      {"fingerprint", json_of(run.fingerprint)},
            {"command", run.command},    {"summary", run.summary},
            {"recipe", s.recipe},        {"recipe_why", s.recipe_why},
            {"model", json_of(s.model)}, {"training", json_of(s.training)},
            {"data", json_of(s.data)},   {"seed", s.seed},
            {"seeds", s.seeds},          {"results", Json::array()}};
  for (const SeedResult& result : run.results)
    json["results"].push_back(json_of(result));
  write_whole(json_file(folder), text_of(json));
}

UnfinishedRun load_unfinished(const fs::path& folder) {
  if (!holds_unfinished_run(folder)) throw FileError(folder.string() + ": holds no unfinished run to resume");
  const Json json = read_json(json_file(folder), largest_run);
  UnfinishedRun run;
  try {
    const auto found = member<std::string>(json, "format");
    require(found == run_format, "format", "got " + found + ", want " + run_format + "; start anew with --fresh");
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
    for (const Json& result : part(json, "results"))
      run.results.push_back(result_from(result));
    check(run.settings.training);
    require(static_cast<int>(run.results.size()) < run.settings.seeds, "seeds", "want more than there are results");
  } catch (const ValueError& error) {
    throw FileError(json_file(folder).string() + ": " + error.what());
  }
  if (!fs::exists(state_file(folder))) return run;
  TrainState state = load_state(state_file(folder));
  if (state.seed == run.settings.seed + run.results.size()) run.state = std::move(state);
  return run;
}

void forget_unfinished(const fs::path& folder) {
  std::error_code ignored;
  fs::remove(json_file(folder), ignored);
  fs::remove(state_file(folder), ignored);
}

}  // namespace mercer
