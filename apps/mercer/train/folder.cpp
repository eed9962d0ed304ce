#include "train/folder.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/base/read_whole.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "mercer/experiment/unfinished_run.hpp"

namespace mercer::program {

namespace {

/// The summary of a run in its folder; discarded for none, and for a file of somebody else.
Json summary_in(const std::string& folder) {
  constexpr std::size_t most_bytes = 1 << 30;
  const std::filesystem::path file = std::filesystem::path(folder) / "summary.json";
  Json summary(Json::value_t::discarded);
  try {
    if (file_exists(file)) summary = Json::parse(read_whole(file, most_bytes), nullptr, false);
  } catch (const FileError&) {  // it can't be read
  }
  const auto is_object = [&](const char* name) { return summary.contains(name) && summary[name].is_object(); };
  return summary.is_object() && is_object("settings") && is_object("data") ? summary : Json(Json::value_t::discarded);
}

Json object_of(const std::vector<std::pair<std::string, std::string>>& settings) {
  Json object = Json::object();
  for (const auto& [name, value] : settings)
    object[name] = value;
  return object;
}

/// What determines the run that a summary is of, by name.
Json settings_in(const Json& summary) {
  Json settings = summary["settings"];
  const auto take = [&settings](const char* name, const Json& from, const char* there) {
    if (from.contains(there)) settings[name] = from[there];
  };
  take("seed", summary, "first_seed");
  take("seeds", summary, "seeds");
  const Json& data = summary["data"];
  for (const char* name : {"split", "classes"})
    take(name, data, name);
  if (data.contains("preparation")) settings.update(data["preparation"]);
  return settings;
}

Json settings_of(const RunRecord& run) {
  Json settings = object_of(run.settings);
  settings.update(
      {{"seed", run.first_seed}, {"seeds", run.seeds}, {"split", run.data.split}, {"classes", run.data.classes}});
  settings.update(object_of(run.data.preparation));
  return settings;
}

/// "hidden: was 8, is 16; …" of two objects of texts and numbers; empty for the same.
std::string difference(const Json& before, const Json& now) {
  constexpr int most_shown = 3;
  std::string text;
  int shown = 0;
  const auto value = [](const Json& object, const std::string& name) -> std::string {
    if (!object.contains(name)) return "not set";
    const Json& held = object[name];
    return shortened(printable(held.is_string() ? held.get<std::string>() : held.dump()), 40);
  };
  const auto compare = [&](const std::string& name) {
    const std::string was = value(before, name), is = value(now, name);
    if (was == is || ++shown > most_shown + 1) return;
    text += shown > most_shown ? "; and more"
                               : fmt::format("{}{}: was {}, is {}", text.empty() ? "" : "; ", printable(name), was, is);
  };
  for (auto item = now.begin(); item != now.end(); ++item)
    compare(item.key());
  for (auto item = before.begin(); item != before.end(); ++item)
    if (!now.contains(item.key())) compare(item.key());
  return text;
}

/// In what the run of a folder differs from this one; empty for the same.
std::string difference_from(const std::string& folder, const RunRecord& now, const Fingerprint& source) {
  const Json summary = summary_in(folder);
  std::optional<TrainedModel> model;
  if (holds_model(folder)) model = load_model(folder);
  if (!model && summary.is_discarded()) return "its settings can't be read";
  std::string differs =
      summary.is_discarded()  // one that was killed before its end
          ? difference(object_of(listed(Settings{.model = model->options, .training = model->training})),
                       object_of(now.settings))
          : difference(settings_in(summary), settings_of(now));
  const std::string data = model ? mercer::difference(model->fingerprint, source) : "";
  if (!data.empty()) differs += fmt::format("{}the data differ in the {}", differs.empty() ? "" : "; ", data);
  return differs;
}

}  // namespace

int seeds_of_run(const std::string& folder) {
  const Json summary = summary_in(folder);
  return !summary.is_discarded() && summary.contains("seeds") && summary["seeds"].is_number_integer()
             ? summary["seeds"].get<int>()
             : 0;
}

void check_folder(const TrainCommand& asked) {
  const std::string& out = asked.out;
  if (!asked.init.empty() && whole_path(asked.init) == whole_path(out))
    throw UsageError(
        fmt::format("--out {}: is the folder of the model that --init begins with: want another one", out));
  const std::string file = file_of_run_in(out);
  if (file.empty()) return;
  const bool is_interrupted = holds_unfinished_run(out);
  if (!is_interrupted && !holds_finished_run(out) && !holds_model(out) && summary_in(out).is_discarded())
    throw UsageError(fmt::format(
        "--out {}: holds {} and no model or run that it could be of, and would replace it: want a new folder", out,
        file));
  if (is_interrupted && !asked.fresh)
    throw UsageError(fmt::format(
        "--out {0}: holds an interrupted run; go on with mercer train --resume {0}, or start anew with --overwrite",
        out));
}

void check_finished(const std::string& out, const RunRecord& now, const Fingerprint& source) {
  if (file_of_run_in(out).empty() || holds_unfinished_run(out)) return;
  const std::string differs = difference_from(out, now, source);
  const bool in_epochs_alone = differs.starts_with("epochs: ") && differs.find(';') == std::string::npos;
  const std::string way = in_epochs_alone && holds_finished_run(out)
                              ? fmt::format("mercer train --resume {} to train it further, ", shell_line({out}))
                              : "";
  if (!differs.empty())
    throw UsageError(
        fmt::format("--out {}: holds another run, which is finished ({}); want {}another folder, or --overwrite to "
                    "replace it",
                    out, differs, way));
  tell(fmt::format("--out {}: holds this very run, finished; it is trained again", out));
}

}  // namespace mercer::program
