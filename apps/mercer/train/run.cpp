#include "train/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "report/report.hpp"
#include "report/summary.hpp"

namespace mercer::program {

namespace {

namespace fs = std::filesystem;

constexpr auto between_saves = std::chrono::seconds(20);

}  // namespace

TrainRun::TrainRun(UnfinishedRun begun, fs::path out, bool quiet, const Machine& machine)
    : begun_(std::move(begun)),
      out_(std::move(out)),
      quiet_(quiet),
      problem_(prepare(begun_.settings.data), begun_.settings.model, machine),
      progress_(!quiet) {
  describe_run();
}

void TrainRun::describe_run() {
  Settings& s = begun_.settings;
  if (begun_.fingerprint == Fingerprint()) begun_.fingerprint = problem_.prepared.source;
  if (const std::string differs = difference(begun_.fingerprint, problem_.prepared.source); !differs.empty())
    throw UsageError(s.data.data + ": is not what the run began with: the " + differs +
                     " differ; train anew with another --out, or with --fresh");
  Index index = 0;
  const Split split = split_of(problem_.prepared, s.seed, 0, index);
  check_split(problem_, s, split);
  complete(s, problem_);
  const Model model = build_model(s.model, problem_.features(), problem_.classes(), s.seed);
  record_ = {.command = begun_.command,
             .out = out_.string(),
             .recipe = s.recipe_why,
             .model = s.model.name,
             .metric = name_of(*s.training.metric, metric_choices),
             .settings = listed(s),
             .parameters = parameter_count(model),
             .threads = threads(),
             .device = problem_.device_in_words(),
             .first_seed = s.seed,
             .seeds = s.seeds,
             .data = facts_of(problem_, split),
             .results = begun_.results};
}

void TrainRun::open_outputs() {
  if (!begun_.summary.empty()) check_writable(begun_.summary);
  if (out_.empty()) return;
  make_folder(out_);
  log_ = RunLog(out_ / "log.jsonl");
  log_.start(record_);
  for (const SeedResult& result : record_.results) {
    for (const EpochRow& row : result.history)
      log_.epoch(result.seed, row);
    log_.seed(result);
  }
  if (!begun_.state) return;
  for (const EpochReport& report : begun_.state->history)
    log_.epoch(begun_.state->seed, row_of(report));
}

void TrainRun::show(const EpochReport& report, Index turn) {
  if (report.epoch == 0) best_ = 0;
  const double score = report.validation ? report.validation->score : -1;
  best_ = std::max(best_, score);
  if (report.kept || report.epoch == 0) last_kept_ = report.epoch;
  const TrainingChoice& t = begun_.settings.training;
  const bool fixed = t.stopping == StopRule::fixed_epochs || !report.validation;
  const Index likely = fixed ? *t.epochs : std::min(*t.epochs, std::max(last_kept_ + *t.patience, report.epoch) + 1);
  progress_.show({.seed = static_cast<int>(turn),
                  .seeds = record_.seeds,
                  .epoch = static_cast<int>(report.epoch) + 1,
                  .epochs_expected = static_cast<int>(likely),
                  .loss = report.train_loss,
                  .validation = score,
                  .best = best_});
}

SeedRun TrainRun::one_seed(Index turn) {
  const std::uint64_t seed = begun_.settings.seed + static_cast<std::uint64_t>(turn);
  TrainHooks hooks{.on_epoch =
                       [this, seed, turn](const EpochReport& report) {
                         log_.epoch(seed, row_of(report));
                         show(report, turn);
                       },
                   .interrupted = interrupt_requested,
                   .on_save = {},
                   .resume = std::exchange(begun_.state, std::nullopt),
                   .scores_test = true};
  if (!out_.empty())
    hooks.on_save = [this, last = std::chrono::steady_clock::now()](const TrainState& state) mutable {
      const auto now = std::chrono::steady_clock::now();
      if (now - last < between_saves) return;
      last = now;
      begun_.results = record_.results;
      begun_.state = state;
      save_unfinished(out_, begun_);
      begun_.state.reset();
    };
  return problem_.with_room([&] { return train_seed(problem_, begun_.settings, seed, turn, hooks); });
}

/// Is this the best validation score so far? The first of equal scores counts; a seed without a score ranks last.
bool TrainRun::best_so_far(const SeedResult& result) const {
  const auto score = [](const SeedResult& of) { return std::isnan(of.validation_metric) ? -1 : of.validation_metric; };
  return std::ranges::none_of(record_.results, [&](const SeedResult& other) { return score(result) <= score(other); });
}

void TrainRun::save_best(const SeedRun& seed) {
  if (out_.empty() || !best_so_far(seed.result)) return;
  save_model(out_, trained_model(problem_, begun_.settings, seed));
}

int TrainRun::stop(SeedRun seed) {
  progress_.clear();
  const std::string where =
      fmt::format("mercer: stopped after epoch {} of seed {}", seed.result.epochs, seed.result.seed);
  if (out_.empty()) {
    fmt::print(stderr, "{}; nothing is kept without --out\n", where);
    return interrupted;
  }
  save_best(seed);
  begun_.results = record_.results;
  begun_.state = std::move(seed.trained.state);
  save_unfinished(out_, begun_);
  log_.close();
  fmt::print(stderr, "{}; go on with:\n  mercer train --resume {}\n", where, shell_line({out_.string()}));
  return interrupted;
}

void TrainRun::finish() {
  progress_.clear();
  record_.device = problem_.device_in_words();  // known only now: streaming may have started
  const std::string summary = summary_json(record_);
  if (!out_.empty()) {
    log_.close();
    write_whole(out_ / "summary.json", summary);
    write_whole(out_ / "report.html", html_report(record_));
    forget_unfinished(out_);
    if (begun_.state)
      save_finished(out_, begun_);
    else
      forget_finished(out_);
  }
  if (!begun_.summary.empty()) write_whole(begun_.summary, summary);
  if (!quiet_) fmt::print("{}", summary_text(record_));
}

int TrainRun::run() {
  const InterruptGuard guard;
  open_outputs();
  for (auto turn = static_cast<Index>(record_.results.size()); turn < record_.seeds; ++turn) {
    SeedRun seed = one_seed(turn);
    if (seed.trained.ending == Ending::interrupted) return stop(std::move(seed));
    progress_.clear();
    if (!seed.trained.note.empty()) fmt::print(stderr, "mercer: seed {}: {}\n", seed.result.seed, seed.trained.note);
    if (!seed.trained.uncaptured.empty() && record_.results.empty())
      fmt::print(stderr, "mercer: epochs are launched kernel by kernel: {}\n", seed.trained.uncaptured);
    if (seed.result.guarded > 0)
      fmt::print(stderr, "mercer: seed {}: {} row sums were too near 0 and guarded\n", seed.result.seed,
                 seed.result.guarded);
    save_best(seed);
    log_.seed(seed.result);
    const bool goes_on = record_.seeds == 1 && !has_diverged(seed.result);  // it could be trained further
    if (goes_on && !out_.empty()) begun_.state = std::move(seed.trained.state);
    record_.results.push_back(std::move(seed.result));
  }
  finish();
  return std::ranges::any_of(record_.results, has_diverged) ? incomplete : done;
}

}  // namespace mercer::program
