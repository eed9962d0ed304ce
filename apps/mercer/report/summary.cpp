#include "report/summary.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "cli/json.hpp"
#include "cli/version.hpp"
#include "mercer/device/device.hpp"
#include "mercer/experiment/peak_memory.hpp"
#include "mercer/experiment/prepare.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

Json values_json(const std::vector<double>& values) {
  const Spread s = spread(values);
  return {{"mean", s.mean}, {"std", s.deviation}, {"values", values}};
}

Json spread_json(const RunRecord& run, double SeedResult::*field) { return values_json(of_each(run, field)); }

Json data_json(const DataFacts& d) {
  Json preparation = Json::object(), classes = Json::array();
  for (const auto& [option, value] : d.preparation)
    preparation[option] = value;
  for (std::size_t c = 0; c < d.class_sizes.size(); ++c)
    classes.push_back({{"name", d.class_names[c]}, {d.examples, d.class_sizes[c]}});
  Json json{{"name", d.name}, {"format", d.format}};
  if (d.sequences > 0) {
    json["sequences"] = d.sequences;
    json["positions"] = d.nodes;
  } else {
    json["nodes"] = d.nodes;
    json["edge_slots"] = d.edges;
    json["isolated_nodes"] = d.isolated;
    json["edge_homophily"] = d.homophily;
  }
  json.update({{"features", d.features},
               {"classes", d.classes},
               {"split", d.split},
               {"train_" + d.examples, d.train},
               {"validation_" + d.examples, d.validation},
               {"test_" + d.examples, d.test},
               {"unlabelled_" + d.examples, d.unlabelled},
               {"class_sizes", classes},
               {"preparation", preparation},
               {"notes", d.notes}});
  return json;
}

/// The macro-F1 of each seed on the test nodes; NaN without any.
std::vector<double> test_macro_f1(const RunRecord& run) {
  std::vector<double> values;
  for (const SeedResult& result : run.results)
    values.push_back(result.confusion.empty() ? mean_f1({})
                                              : mean_f1(class_scores(result.confusion, run.data.classes)));
  return values;
}

/// Real numbers are not right or wrong.
bool has_accuracy(const RunRecord& run) { return run.data.task != LabelKind::real; }

Json seeds_json(const RunRecord& run) {
  Json seeds = Json::array();
  for (const SeedResult& result : run.results)
    for_each_score(result, [&, &scores = seeds.emplace_back()](std::string_view name, const auto& field) {
      if (has_accuracy(run) || !name.ends_with("_accuracy")) scores[std::string(name)] = field;
    });
  for (std::size_t n = 0; n < run.results.size(); ++n)
    if (run.results[n].refit_epochs > 0) seeds[n]["refit_epochs"] = run.results[n].refit_epochs;
  return seeds;
}

/// ", 12.5 MB of the device"; nothing when no device was used.
std::string device_memory_text() {
  const std::size_t bytes = cuda_memory_peak();
  return bytes == 0 ? "" : fmt::format(", {:.1f} MB of the device", static_cast<double>(bytes) / 1e6);
}

Json scores_json(const RunRecord& run) {
  Json scores = Json::object();
  for (const std::string& name : score_names(run))
    scores[name] = values_json(score_of_each(run, name));
  return scores;
}

std::string seed_line(const SeedResult& r, const RunRecord& run) {
  const bool by_accuracy = is_by_accuracy(run);
  const std::string split = splits_differ(run) ? fmt::format("split {:<3} ", r.split) : "";
  return fmt::format("  seed {:<6} {}epoch {:>4} of {:<5} validation {:>7}  test {:>7}\n", r.seed, split, r.best_epoch,
                     r.epochs,
                     by_accuracy ? percent(r.validation_accuracy) : score_text(run.metric, r.validation_metric),
                     by_accuracy ? percent(r.test_accuracy) : score_text(run.metric, r.test_metric));
}

}  // namespace

std::string summary_json(const RunRecord& run) {
  const std::vector<double> times = epoch_times(run);
  Json settings = Json::object();
  for (const auto& [name, value] : run.settings)
    settings[name] = value;
  Json json{{"command", run.command},
            {"version", version()},
            {"compiler", compiler()},
            {"model", run.model},
            {"recipe", run.recipe},
            {"data", data_json(run.data)},
            {"task", name_of(run.data.task, task_choices)},
            {"metric", run.metric},
            {"first_seed", run.first_seed},
            {"seeds", run.results.size()}};
  if (has_accuracy(run)) json["test_accuracy"] = spread_json(run, &SeedResult::test_accuracy);
  json["test_metric"] = spread_json(run, &SeedResult::test_metric);
  if (run.data.task == LabelKind::classes) json["test_macro_f1"] = values_json(test_macro_f1(run));
  json["test_scores"] = scores_json(run);
  if (has_accuracy(run)) {
    json["validation_accuracy"] = spread_json(run, &SeedResult::validation_accuracy);
    json["train_accuracy"] = spread_json(run, &SeedResult::train_accuracy);
  }
  json.update({{"epoch_ms", {{"median", median(times)}, {"mean", spread(times).mean}, {"epochs", times.size()}}},
               {"peak_rss_mb", peak_memory_mb()},
               {"peak_device_mb", static_cast<double>(cuda_memory_peak()) / 1e6},
               {"parameters", run.parameters},
               {"threads", run.threads},
               {"device", run.device},
               {"settings", settings},
               {"notes", run.notes},
               {"runs", seeds_json(run)}});
  return text_of(json);
}

std::string summary_text(const RunRecord& run) {
  const std::size_t n = run.results.size();
  const auto line = [](const char* name, const std::string& value) { return fmt::format("{:<19} {}\n", name, value); };
  std::string text;
  const auto validation_metric = [&] {
    return line(("validation " + run.metric).c_str(),
                score_text(run.metric, spread(of_each(run, &SeedResult::validation_metric)), n));
  };
  const bool other_metric = run.data.task == LabelKind::classes && !is_by_accuracy(run);
  if (other_metric) {
    text +=
        line(("test " + run.metric).c_str(), score_text(run.metric, spread(of_each(run, &SeedResult::test_metric)), n));
    text += validation_metric();
  }
  if (run.data.task == LabelKind::classes)
    text += line("test accuracy", percent(spread(of_each(run, &SeedResult::test_accuracy)), n));
  for (const std::string& name : score_names(run))
    text += line(("test " + name).c_str(), score_text(name, spread(score_of_each(run, name)), n));
  if (has_unequal_classes(run.data) && run.metric != "macro-f1")
    text += line("test macro-F1", percent(spread(test_macro_f1(run)), n) + " (mean over classes, whose sizes differ)");
  if (run.data.task == LabelKind::classes)
    text += line("validation accuracy", percent(spread(of_each(run, &SeedResult::validation_accuracy)), n));
  else
    text += validation_metric();
  if (run.data.lacks_scaling)
    text += line("note", "try --standardise-features first: the scales of the features are far apart or large");
  if (n > 1) {
    text += "mean ± standard deviation over the seeds:\n";
    for (const SeedResult& result : run.results)
      text += seed_line(result, run);
  } else if (n == 1) {
    text += line("kept epoch",
                 fmt::format("{} of {} ({})", run.results[0].best_epoch, run.results[0].epochs, run.results[0].ended));
  }
  for (const std::string& note : run.notes)
    text += line("note", note);
  text += line("epoch", fmt::format("{:.2f} ms, median", median(epoch_times(run))));
  text += line("peak memory", fmt::format("{:.1f} MB{}", peak_memory_mb(), device_memory_text()));
  text += line("parameters", grouped(run.parameters));
  text += line("data", fmt::format("{}, {}: {} training, {} validation, {} test {}", run.data.name, run.data.split,
                                   grouped(run.data.train), grouped(run.data.validation), grouped(run.data.test),
                                   run.data.examples));
  for (const std::string& note : run.data.notes)
    text += line("note", note);
  text += line("recipe", run.recipe);
  if (run.data.validation > 0) text += line("epochs compared by", "validation " + run.metric);
  if (!run.files.empty()) text += line("written to", fmt::format("{} ({})", run.out, fmt::join(run.files, ", ")));
  if (!run.unwritten.empty())
    text += line("not written", fmt::format("{} of {}", fmt::join(run.unwritten, ", "), run.out));
  return text + line("again", run.command);
}

}  // namespace mercer::program
