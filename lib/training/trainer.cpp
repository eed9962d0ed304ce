#include "mercer/training/trainer.hpp"

#include <chrono>
#include <cmath>
#include <limits>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "training/captured_epochs.hpp"
#include "training/named_tensors.hpp"
#include "training/parameter_values.hpp"
#include "training/sharing.hpp"

namespace mercer {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// The logits of all nodes, on the CPU, without dropout and without a tape.
Tensor infer(const Task& task) {
  const NoGrad no_grad;
  Pass pass = Pass::inference();
  return sharing::all_logits(task, task.predict(pass).logits.value());
}

/// Absent when there are no rows, or the logits of some are not finite.
std::optional<Scores> scores(const Task& task, Metric metric, ConstView logits, Rows rows) {
  if (rows.empty()) return std::nullopt;
  Scores s{.loss = mean_cross_entropy(logits, task.labels, rows)};
  if (!std::isfinite(s.loss)) return std::nullopt;
  s.accuracy = accuracy(logits, task.labels, rows);
  s.score = metric == Metric::accuracy ? s.accuracy : evaluate(metric, logits, task.labels, rows);
  return s;
}

void check(const Task& task, const TrainOptions& options) {
  require(static_cast<bool>(task.predict), "train", "the task has no predict");
  require_distinct_names(task.parameters, "train");
  require(!task.train.empty(), "train", "no training nodes");
  require(options.epochs >= 0 && options.epochs < std::numeric_limits<std::uint32_t>::max(), "train",
          "epochs: got " + std::to_string(options.epochs) + ", want 0 to 4294967294");
  require(options.clip_norm >= 0, "train",
          "norm to clip to: got " + std::to_string(options.clip_norm) + ", want at least 0");
  // that all nodes can be scored is better known now than at the end
  const Tensor logits = infer(task);
  for (const Rows rows : {task.train, task.validation, task.test})
    scores(task, options.metric, Tensor(logits.rows(), logits.columns()), rows);
}

/// One run, from the first epoch or from a state.
class Run {
 public:
  Run(const Task& task, const TrainOptions& options)
      : task_(task),
        options_(options),
        rule_(task.validation.empty() ? StopRule::fixed_epochs : options.stop),
        optimizer_(task.parameters, options.optimizer),
        loss_(task, options.seed),
        stopping_(rule_, options.patience),
        kept_(copied(task.parameters)) {
    if (options.resume) go_on_from(*options.resume);
    if (options.cuda_graph && !task.sharing && on_device(task.parameters))
      captured_.emplace(task, options, optimizer_, loss_);
  }

  TrainResult to_the_end() {
    TrainResult result;
    result.ending = run_epochs();
    result.note = std::move(note_);
    if (captured_) result.uncaptured = captured_->why_not();
    if (options_.cuda_graph && task_.sharing && on_device(task_.parameters))
      result.uncaptured = "in each of them ranks exchange values";
    captured_.reset();  // parameters are about to move
    result.state = state();
    result.kept_epoch = stopping_.state().kept_epoch;
    // without a rule the last parameters stay, if they can be used at all
    const bool unusable = result.ending == Ending::diverged && !all_finite(task_.parameters);
    if (unusable && !chooses()) result.kept_epoch = start_;
    if (unusable || chooses()) set(task_.parameters, std::move(kept_));
    result.logits = infer(task_);
    result.train = scores(task_, options_.metric, result.logits, task_.train);
    result.validation = scores(task_, options_.metric, result.logits, task_.validation);
    result.test = scores(task_, options_.metric, result.logits, task_.test);
    return result;
  }

 private:
  bool chooses() const { return rule_ != StopRule::fixed_epochs; }
  Index epoch() const { return static_cast<Index>(history_.size()); }

  Ending run_epochs() {
    if (task_.validation.empty()) note_ = "no validation nodes: nothing stops early, the last parameters are kept";
    for (;;) {
      if (stopping_.stop()) return Ending::early_stop;
      if (epoch() >= options_.epochs) return Ending::all_epochs;
      if (sharing::any(task_, options_.interrupted && options_.interrupted())) return Ending::interrupted;
      if (!run_epoch()) return Ending::diverged;
      if (options_.on_epoch) options_.on_epoch(history_.back());
      if (options_.on_save && options_.save_every > 0 && epoch() % options_.save_every == 0) options_.on_save(state());
    }
  }

  /// False, with a note, when something was not finite.
  bool run_epoch() {
    EpochReport report{.epoch = epoch()};
    const auto start = Clock::now();
    if (!step(report)) return false;
    report.epoch_ms = ms_since(start);
    const auto evaluation = Clock::now();
    if (!validate(report)) return false;
    report.evaluation_ms = ms_since(evaluation);
    history_.push_back(report);
    return true;
  }

  bool step(EpochReport& report) {
    if (captured_) return step_captured(report);
    optimizer_.clear_gradients();
    Variable loss = loss_.of(report.epoch);
    report.train_loss = sharing::whole_loss(task_, loss);
    if (!std::isfinite(report.train_loss)) return diverged("training loss");
    loss.backward();
    sharing::add_up_gradients(task_);
    report.gradient_norm =
        options_.clip_norm > 0 ? clip_gradients(task_.parameters, options_.clip_norm) : gradient_norm(task_.parameters);
    if (!std::isfinite(report.gradient_norm)) return diverged("gradient");
    const double factor = rate_factor(report.epoch);
    report.learning_rate = learning_rate(options_.optimizer) * factor;
    optimizer_.step(factor);
    return true;
  }

  /// The same, but that the device doesn't wait to hear whether the step is to be taken.
  bool step_captured(EpochReport& report) {
    const double factor = rate_factor(report.epoch);
    const StepOutcome outcome = captured_->step(report.epoch, factor);
    report.train_loss = static_cast<double>(outcome.loss);
    if (!std::isfinite(report.train_loss)) {
      optimizer_.clear_gradients();  // they say no more than the loss
      return diverged("training loss");
    }
    report.gradient_norm = outcome.norm;
    if (!std::isfinite(report.gradient_norm)) return diverged("gradient");
    report.learning_rate = learning_rate(options_.optimizer) * factor;
    return true;
  }

  double rate_factor(Index epoch) const { return options_.schedule ? options_.schedule(epoch) : 1; }

  std::optional<Scores> validation_scores() {
    if (captured_) return scores(task_, options_.metric, captured_->logits(), task_.validation);
    return scores(task_, options_.metric, infer(task_), task_.validation);
  }

  bool validate(EpochReport& report) {
    double loss = std::numeric_limits<double>::infinity(), score = -loss;  // of no validation nodes
    if (!task_.validation.empty()) {
      report.validation = validation_scores();
      if (!report.validation) return diverged("validation loss");
      loss = report.validation->loss;
      score = report.validation->score;
    }
    report.kept = stopping_.keep(report.epoch, loss, score);
    if (report.kept && chooses()) copy_values(task_.parameters, kept_);
    return true;
  }

  bool diverged(const std::string& what) {
    note_ = "diverged in epoch " + std::to_string(epoch()) + ": the " + what + " is not finite" +
            first_not_finite(task_.parameters);
    return false;
  }

  TrainState state() const {
    return {.seed = options_.seed,
            .epochs = epoch(),
            .parameters = by_name(task_.parameters, copied(task_.parameters)),
            .kept = chooses() ? by_name(task_.parameters, kept_) : NamedTensors(),
            .optimizer = optimizer_.state(),
            .stopping = stopping_.state(),
            .history = history_};
  }

  void go_on_from(const TrainState& state) {
    require(state.seed == options_.seed, "train",
            "the state to resume from has seed " + std::to_string(state.seed) + ", the run " +
                std::to_string(options_.seed));
    require(state.epochs == static_cast<Index>(state.history.size()), "train",
            "the state to resume from lacks part of its history");
    require(state.kept.empty() != chooses(), "train", "the state to resume from is of another stop rule");
    auto parameters = in_order("train", task_.parameters, state.parameters);
    kept_ = chooses() ? in_order("train", task_.parameters, state.kept) : parameters;
    optimizer_.restore(state.optimizer);
    stopping_ = EarlyStopping(rule_, options_.patience, state.stopping);
    history_ = state.history;
    start_ = epoch() - 1;
    set(task_.parameters, std::move(parameters));
  }

  const Task& task_;
  const TrainOptions& options_;
  StopRule rule_;
  Optimizer optimizer_;
  TrainingLoss loss_;
  std::optional<CapturedEpochs> captured_;  // where the device replays epochs
  EarlyStopping stopping_;
  std::vector<Tensor> kept_;  // the parameters that the rule keeps; without a rule, those of the start
  Index start_ = -1;          // the epoch before the first of this run
  std::vector<EpochReport> history_;
  std::string note_;
};

}  // namespace

const char* name_of(Ending ending) {
  constexpr const char* names[] = {"all epochs", "early stop", "interrupted", "diverged"};
  return names[static_cast<std::size_t>(ending)];
}

TrainResult train(const Task& task, const TrainOptions& options) {
  check(task, options);
  return Run(task, options).to_the_end();
}

}  // namespace mercer
