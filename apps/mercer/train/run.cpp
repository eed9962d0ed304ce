#include "train/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <system_error>
#include <utility>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/experiment/class_weights.hpp"
#include "mercer/experiment/first_values.hpp"
#include "mercer/experiment/match.hpp"
#include "mercer/experiment/memory_estimate.hpp"
#include "profile/profile.hpp"
#include "report/report.hpp"
#include "report/summary.hpp"
#include "train/advice.hpp"
#include "train/folder.hpp"

namespace mercer::program {

namespace {

namespace fs = std::filesystem;

constexpr auto between_saves = std::chrono::seconds(20), between_results = std::chrono::seconds(1);

/// Completes the settings; the number of parameters. Throws ValueError when there is too little memory to train them.
Index completed_parameters(Settings& s, Problem& problem, const std::optional<TrainedModel>& first) {
  Index parameters = 0;
  require_memory(Settings(s), problem, [&] {
    if (const std::string note = complete(s, problem); !note.empty()) problem.prepared.notes.push_back(note);
    Model model = build_model(s.model, problem.features(), problem.classes(), s.seed);
    if (first) set_first_values(model, *first);  // throws when it can't be
    parameters = parameter_count(model);
  });
  return parameters;
}

std::optional<TrainedModel> model_to_begin_with(const Settings& settings) {
  if (settings.init.empty()) return std::nullopt;
  try {
    return load_model(settings.init);
  } catch (const FileError& error) {  // of a resumed run: a new one has read it before
    throw FileError(error.what() + std::string("; the run began with this model, and wants it there to go on"));
  }
}

Problem problem_of(const Settings& s, const std::optional<TrainedModel>& first, const Machine& machine) {
  return first ? problem_beginning_with(*first, s, machine) : Problem(prepare(s.data), s.model, machine);
}

}  // namespace

TrainRun::TrainRun(UnfinishedRun begun, fs::path out, bool quiet, const Machine& machine, ProfileFiles profile)
    : begun_(std::move(begun)),
      out_(std::move(out)),
      quiet_(quiet),
      first_(model_to_begin_with(begun_.settings)),
      problem_(problem_of(begun_.settings, first_, machine)),
      progress_(!quiet),
      profile_files_(std::move(profile)) {
  describe_run();
}

void TrainRun::describe_run() {
  Settings& s = begun_.settings;
  if (begun_.fingerprint == Fingerprint()) begun_.fingerprint = problem_.prepared.source;
  if (const std::string differs = difference(begun_.fingerprint, problem_.prepared.source); !differs.empty())
    throw UsageError(s.data.data + ": is not what the run began with: the " + differs +
                     " differ; train anew with another --out, or with --overwrite");
  const Split split = split_of(problem_.prepared, s.seed, 0).split;
  check_split(problem_, s, split);
  if (split.validation.empty()) settle_without_validation(split);
  const Index parameters = completed_parameters(s, problem_, first_);
  record_ = {.command = begun_.command,
             .out = out_.string(),
             .recipe = s.recipe_why,
             .model = s.model.name,
             .metric = name_of(*s.training.metric, metric_choices),
             .settings = listed(s),
             .parameters = parameters,
             .threads = threads(),
             .device = problem_.device_in_words(),
             .first_seed = s.seed,
             .seeds = s.seeds,
             .data = facts_of(problem_, split),
             .results = begun_.results};
  if (std::string note = note_of_metric(*s.training.metric, problem_.prepared.data); !note.empty())
    record_.data.notes.push_back(std::move(note));
  if (const auto& weight = s.training.class_weight)
    if (std::string note = note_of_class_weights(*weight, problem_.prepared.data); !note.empty())
      record_.data.notes.push_back(std::move(note));
  if (std::string note = note_of_first_model(split); !note.empty()) record_.data.notes.push_back(std::move(note));
  const SplitPlan& plan = problem_.prepared.plan;
  const auto given = std::ssize(problem_.prepared.data.splits);
  record_.data.split = plan.of_seeds(s.seeds, given).in_words();
  if (std::string note = plan.left_out(s.seeds, given); !note.empty()) record_.data.notes.push_back(std::move(note));
}

std::string TrainRun::note_of_first_model(const Split& split) const {
  const Prepared& prepared = problem_.prepared;
  if (!first_ || !same_examples(prepared, *first_)) return {};
  const Index test = count_in(first_->parts, SplitPart::train, prepared, split.test),
              validation = count_in(first_->parts, SplitPart::train, prepared, split.validation);
  if (test + validation == 0) return {};
  const std::string examples = prepared.data.examples_in_words();
  return fmt::format(
      "{} of the {} test {} and {} of the {} validation {} were among the training {} of the model that --init names: "
      "scores are too high; its split and --seed {} keep them apart",
      test, split.test.size(), examples, validation, split.validation.size(), examples, examples, first_->seed);
}

void TrainRun::check_finished(const std::string& folder) const {
  program::check_finished(folder, record_, problem_.prepared.source);
}

/// Says before the training that no rule will stop it, and bounds epochs that nobody chose.
void TrainRun::settle_without_validation(const Split& split) {
  Settings& s = begun_.settings;
  const bool has_rule = s.training.stopping != StopRule::fixed_epochs || !s.chose_epochs;
  limit_epochs_without_validation(s);
  const Prepared& prepared = problem_.prepared;
  if (!has_rule || *s.training.epochs == 0 || begun_.state || !begun_.results.empty()) return;
  tell(fmt::format("no validation {}: {}, nothing stops earlier; --epochs N, or {}", prepared.data.examples_in_words(),
                   counted(*s.training.epochs, "epoch"), way_to_validation(prepared, split)));
}

void TrainRun::open_outputs() {
  if (!out_.empty() && !lock_.is_held()) lock_ = locked_folder(out_);
  if (!begun_.summary.empty()) check_writable(begun_.summary);
  if (out_.empty()) return;
  extends_ = begun_.state && !holds_unfinished_run(out_);
  for (const char* name : {"model.safetensors", "resume.json", "resume.safetensors", "finished.json",
                           "finished.safetensors", "log.jsonl", "summary.json", "report.html"})
    clear_part(out_ / name);
  log_ = RunLog(out_ / "log.jsonl");
  log_.append(log_of(record_, begun_.state ? &*begun_.state : nullptr));
}

void TrainRun::show(const EpochReport& report, Index turn) {
  const double score = report.validation ? report.validation->score : -1;
  best_ = report.epoch == 0 ? score : std::max(best_, score);
  if (report.kept || report.epoch == 0) last_kept_ = report.epoch;
  const TrainingChoice& t = begun_.settings.training;
  const bool fixed = t.stopping == StopRule::fixed_epochs || !report.validation;
  const Index likely = refit_epochs_ > 0 ? refit_epochs_
                       : fixed           ? *t.epochs
                                         : std::min(*t.epochs, std::max(last_kept_ + *t.patience, report.epoch) + 1);
  progress_.show({.seed = static_cast<int>(turn),
                  .seeds = record_.seeds,
                  .epoch = static_cast<int>(report.epoch) + 1,
                  .epochs_expected = static_cast<int>(likely),
                  .loss = report.train_loss,
                  .is_share = problem_.prepared.data.label_kind != LabelKind::real,
                  .validation = score,
                  .best = best_});
}

SeedRun TrainRun::one_seed(Index turn) {
  const std::uint64_t seed = begun_.settings.seed + static_cast<std::uint64_t>(turn);
  refit_epochs_ = begun_.chosen ? begun_.chosen->best_epoch : 0;
  TrainHooks hooks{.on_epoch =
                       [this, seed, turn](const EpochReport& report) {
                         if (log_.is_open()) log_.append(log_of_epoch(seed, row_of(report)));
                         show(report, turn);
                         ++profiled_epochs_;
                       },
                   .interrupted = interrupt_requested,
                   .on_save = {},
                   .resume = std::exchange(begun_.state, std::nullopt),
                   .on_chosen = [this](const SeedResult& chosen) { keep_choice(chosen); },
                   .chosen = begun_.chosen,
                   .scores_test = true,
                   .first = first_ ? &*first_ : nullptr,
                   .profile = profile_files_.wanted ? &profile_ : nullptr};
  if (!out_.empty())
    hooks.on_save = [this, last = std::chrono::steady_clock::now()](const TrainState& state) mutable {
      const auto now = std::chrono::steady_clock::now();
      if (now - last < between_saves) return;
      last = now;
      begun_.results = record_.results;
      begun_.state = state;
      written([&] { save_unfinished(out_, begun_); }, "; the training goes on");
      begun_.state.reset();
    };
  return problem_.or_streamed([&] { return train_seed(problem_, begun_.settings, seed, turn, hooks); });
}

/// Keeps which epoch was chosen, so that a killed run goes on with the second training.
void TrainRun::keep_choice(const SeedResult& chosen) {
  refit_epochs_ = chosen.best_epoch;
  if (out_.empty()) return;
  begun_.chosen = chosen;
  begun_.results = record_.results;
  written([&] { save_unfinished(out_, begun_); }, "; the training goes on");
}

/// Is this the best validation score so far? The first of equal scores counts; a seed without a score ranks last.
bool TrainRun::best_so_far(const SeedResult& result) const {
  const auto score = [](const SeedResult& one) {
    return std::isnan(one.validation_metric) ? -HUGE_VAL : one.validation_metric;
  };
  return std::ranges::none_of(record_.results, [&](const SeedResult& other) { return score(result) <= score(other); });
}

/// Calls `write`. A failure is reported at once, with what is done then; the run goes on.
bool TrainRun::written(const std::function<void()>& write, const char* then) {
  try {
    write();
    return true;
  } catch (const FileError& error) {
    progress_.clear();
    tell_error(error.what() + std::string(then));
    lost_ = true;
    return false;
  }
}

/// Writes the best model so far. Before the first one, the results of a run before are removed: a folder never holds
/// files of two runs, wherever this one is killed.
void TrainRun::save_best(const SeedRun& seed) {
  if (out_.empty()) return;
  if (best_so_far(seed.result)) unsaved_ = trained_model(problem_, begun_.settings, seed);
  if (!unsaved_) return;
  std::error_code ignored;
  if (std::exchange(replaces_, false)) {
    for (const char* old : {"summary.json", "report.html", "log.jsonl", "profile.json", "profile.svg"})
      fs::remove(out_ / old, ignored);
    if (!extends_) forget_finished(out_);
  }
  if (written([&] { save_model(out_, *unsaved_); })) unsaved_.reset();
}

/// Writes the profile so far and prints its tables.
void TrainRun::show_profile(const std::string& ended) {
  if (!profile_files_.wanted) return;
  const ProfiledRun profiled{.profile = profile_, .run = record_, .epochs = profiled_epochs_, .ended = ended};
  const fs::path &json = profile_files_.json, &svg = profile_files_.svg;
  if (!json.empty()) {
    written([&] { write_whole(json, profile_json(profiled)); });
    written([&] { write_whole(svg, flame_svg(profiled)); });
  }
  if (quiet_) return;
  print_text(profile_text(profiled));
  if (!json.empty()) print_text(fmt::format("profile             {}, {}\n", json.string(), svg.string()));
}

/// Keeps the results of the finished seeds for --resume: a run may be killed before the next state is saved. Seeds of
/// less than a second wait for one another, since each time all results are written.
void TrainRun::save_results() {
  const auto now = std::chrono::steady_clock::now();
  if (results_saved_ && now - *results_saved_ < between_results) return;
  results_saved_ = now;
  begun_.results = record_.results;
  written([&] { save_unfinished(out_, begun_); }, "; the training goes on");
}

int TrainRun::stop(SeedRun seed) {
  progress_.clear();
  const bool in_refit = seed.result.refit_epochs > 0 || begun_.chosen;
  const std::string where =
      fmt::format("stopped after epoch {} of {}seed {}", in_refit ? seed.result.refit_epochs : seed.result.epochs,
                  in_refit ? "the refit of " : "", seed.result.seed);
  if (out_.empty()) {
    show_profile(seed.result.ended);
    tell(where + "; nothing is kept without --out");
    return interrupted;
  }
  save_best(seed);
  begun_.results = record_.results;
  begun_.state = std::move(seed.trained.state);
  const bool kept = written([&] { save_unfinished(out_, begun_); });
  show_profile(seed.result.ended);
  written([&] { write_whole(out_ / "log.jsonl", log_of(record_, &*begun_.state)); });
  if (!kept) {
    tell(where + "; its state could not be written");
    return incomplete;
  }
  tell(fmt::format("{}; go on with:\n  mercer train --resume {}", where, shell_line({out_.string()})));
  return interrupted;
}

void TrainRun::finish() {
  progress_.clear();
  record_.device = problem_.device_in_words();  // known only now: streaming may have started
  record_.notes = advice_on(record_, begun_.settings, begun_.state && !out_.empty());
  const std::string summary = summary_json(record_);
  if (!out_.empty()) {
    // the model, which can't be made again, takes what room there is before the others
    const bool has_model = !unsaved_ || written([&] { save_model(out_, *unsaved_); });
    const auto keep = [&](const char* name, bool is_written) {
      if (is_written)
        record_.files.emplace_back(name);
      else
        record_.unwritten.push_back(name + std::string(file_exists(out_ / name) ? " (the one there is older)" : ""));
    };
    keep("report.html", written([&] { write_whole(out_ / "report.html", html_report(record_)); }));
    keep("model.safetensors", has_model);
    keep("summary.json", written([&] { write_whole(out_ / "summary.json", summary); }));
    keep("log.jsonl", written([&] { write_whole(out_ / "log.jsonl", log_of(record_, nullptr)); }));
    bool whole = record_.unwritten.empty();
    if (begun_.state)
      whole &= written([&] { save_finished(out_, begun_); });
    else
      forget_finished(out_);
    if (whole) forget_unfinished(out_);
  }
  if (!begun_.summary.empty()) written([&] { write_whole(begun_.summary, summary); });
  if (!quiet_) print_text(summary_text(record_));
  show_profile(record_.results.empty() ? "no seed" : record_.results.back().ended);
}

int TrainRun::run(FolderLock lock) {
  lock_ = std::move(lock);
  const InterruptGuard guard;
  open_outputs();
  for (auto turn = static_cast<Index>(record_.results.size()); turn < record_.seeds; ++turn) {
    SeedRun seed = one_seed(turn);
    if (seed.trained.ending == Ending::interrupted) return stop(std::move(seed));
    progress_.clear();
    if (!seed.trained.note.empty()) tell(fmt::format("seed {}: {}", seed.result.seed, seed.trained.note));
    if (!seed.trained.uncaptured.empty() && record_.results.empty())
      tell("epochs are launched kernel by kernel: " + seed.trained.uncaptured);
    if (seed.result.guarded > 0)
      tell(fmt::format("seed {}: {} row sums were too near 0 and guarded", seed.result.seed, seed.result.guarded));
    begun_.chosen.reset();
    save_best(seed);
    log_.append(log_of_seed(seed.result));
    const bool goes_on =  // it could be trained further
        record_.seeds == 1 && !has_diverged(seed.result) && seed.result.refit_epochs == 0;
    if (goes_on && !out_.empty()) begun_.state = std::move(seed.trained.state);
    record_.results.push_back(std::move(seed.result));
    if (!out_.empty() && turn + 1 < record_.seeds) save_results();
  }
  finish();
  const bool whole = !lost_ && !log_.has_failed() && std::ranges::none_of(record_.results, has_diverged);
  return whole ? done : incomplete;
}

}  // namespace mercer::program
