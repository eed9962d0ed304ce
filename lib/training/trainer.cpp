#include "mercer/training/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "base/device_memory.hpp"
#include "base/timed.hpp"
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

/// On the CPU, without dropout and without a tape; empty when there is no function.
Tensor infer(const std::function<Variable(Pass&)>& predict) {
  if (!predict) return {};
  const NoGrad no_grad;
  Pass pass = Pass::inference();
  return predict(pass).value().to(Device::cpu);
}

/// Absent when the task has none, or their loss is not finite.
std::optional<Scores> scores(const Task& task, ConstView prediction, Subset which) {
  if (!task.score) return std::nullopt;
  const std::optional<Scores> s = task.score(prediction, which);
  return s && std::isfinite(s->loss) ? s : std::nullopt;
}

Parameters with_buffers(const Task& task) {
  Parameters all = task.parameters;
  all.insert(all.end(), task.buffers.begin(), task.buffers.end());
  return all;
}

/// Checks the task. Returns true when it can be validated. Computes all scores once, so that errors show before
/// training.
bool check(const Task& task, const TrainOptions& options) {
  require(static_cast<bool>(task.loss), "train", "the task has no loss");
  require(!task.score || task.predict, "train", "the task has a score, but no prediction to make it from");
  require_distinct_names(with_buffers(task), "train");
  for (const Parameter& buffer : task.buffers)
    require(!buffer.variable.wants_grad(), "train",
            "buffer " + buffer.name + " wants a gradient: it would have to be a parameter");
  const Index most = std::numeric_limits<std::uint32_t>::max() / task.batches.count();
  require(options.epochs >= 0 && options.epochs < most, "train",
          "epochs: got " + std::to_string(options.epochs) + ", want 0 to " + std::to_string(most - 1));
  require(options.clip_norm >= 0, "train",
          "norm to clip to: got " + std::to_string(options.clip_norm) + ", want at least 0");
  require(options.save_every >= 0, "train",
          "steps between saves: got " + std::to_string(options.save_every) + ", want at least 0");
  if (!task.score) return false;
  const Tensor prediction = infer(task.predict);
  const Tensor zeros(prediction.rows(), prediction.columns());
  task.score(zeros, Subset::train);
  task.score(zeros, Subset::test);
  return task.score(zeros, Subset::validation).has_value();
}

/// One run, from the first step or from a state.
class Run {
 public:
  Run(const Task& task, const TrainOptions& options, bool validates)
      : task_(task),
        options_(options),
        validates_(validates),
        rule_(validates ? options.stop : StopRule::fixed_epochs),
        all_(with_buffers(task)),
        optimizer_(task.parameters, options.optimizer),
        stopping_(rule_, options.patience),
        kept_(copied(all_)) {
    if (options.resume) go_on_from(*options.resume);
    if (options.cuda_graph && options.profile == nullptr && !task.sharing && task.batches.is_whole() &&
        on_device(task.parameters))
      captured_.emplace(task, options, optimizer_);
  }

  TrainResult to_the_end() {
    TrainResult result;
    result.ending = run_steps();
    result.note = std::move(note_);
    if (captured_) result.uncaptured = captured_->why_not();
    if (options_.cuda_graph && on_device(task_.parameters) && !captured_) result.uncaptured = why_never_captured();
    captured_.reset();  // parameters are about to move
    result.state = state();
    result.kept_epoch = stopping_.state().kept_epoch;
    // without a rule the last parameters stay, if they can be used at all
    const bool unusable = result.ending == Ending::diverged && !all_finite(task_.parameters);
    if (unusable && !chooses()) result.kept_epoch = start_;
    if (unusable || chooses()) set(all_, std::move(kept_));
    result.prediction = infer(task_.predict);
    result.train = scores(task_, result.prediction, Subset::train);
    result.validation = scores(task_, result.prediction, Subset::validation);
    result.test = scores(task_, result.prediction, Subset::test);
    return result;
  }

 private:
  bool chooses() const { return rule_ != StopRule::fixed_epochs; }
  Index epoch() const { return static_cast<Index>(history_.size()); }
  Index steps() const { return epoch() * task_.batches.count() + batch_; }

  const char* why_never_captured() const {
    if (task_.sharing) return "in each of them ranks exchange values";
    if (options_.profile != nullptr) return "a profile times one operator after the other";
    return task_.batches.is_whole() ? "" : "each of them has batches of its own";
  }

  Ending run_steps() {
    if (!validates_) note_ = "no validation: nothing stops early, the last parameters are kept";
    for (;;) {
      if (batch_ == 0 && stopping_.stop()) return Ending::early_stop;
      if (epoch() >= options_.epochs) return Ending::all_epochs;
      if (sharing::any(task_, options_.interrupted && options_.interrupted())) return Ending::interrupted;
      if (!run_step()) return Ending::diverged;
      if (options_.on_save && options_.save_every > 0 && steps() % options_.save_every == 0) options_.on_save(state());
    }
  }

  /// The next batch, and after the last of an epoch its end. False, with a note, when something was not finite.
  bool run_step() {
    if (batch_ == 0) under_way_ = {.epoch = epoch()};
    EpochReport report = under_way_;
    const auto start = Clock::now();
    if (!(captured_ ? step_captured(report) : step(report))) return false;
    report.epoch_ms += ms_since(start);
    if (batch_ + 1 < task_.batches.count()) {
      under_way_ = report;
      ++batch_;
      return true;
    }
    const auto evaluation = Clock::now();
    if (!validate(report)) return false;
    report.evaluation_ms = ms_since(evaluation);
    history_.push_back(report);
    under_way_ = {};
    batch_ = 0;
    if (options_.on_epoch) options_.on_epoch(report);
    return true;
  }

  bool step(EpochReport& report) {
    const Profiling profiling(options_.profile);
    optimizer_.clear_gradients();
    const auto [loss, value] = forward(report.epoch);
    if (!std::isfinite(value)) return diverged("training loss");
    backward(loss);
    const TimedPhase phase("optimiser");
    const double norm =
        options_.clip_norm > 0 ? clip_gradients(task_.parameters, options_.clip_norm) : gradient_norm(task_.parameters);
    if (!std::isfinite(norm)) return diverged("gradient");
    const double factor = rate_factor(report.epoch);
    optimizer_.step(factor);
    add_to(report, value, norm, factor);
    return true;
  }

  std::pair<Variable, double> forward(Index epoch) const {
    const TimedPhase phase("forward");
    const Batch batch = task_.batches(epoch, batch_);
    Pass pass = Pass::training(options_.seed, static_cast<std::uint32_t>(steps()), batch.all_examples);
    if (task_.sharing) pass.from_row(task_.sharing->first);
    Variable loss = task_.loss(batch, pass);
    expect("train", {{"rows of the loss", loss.rows(), 1}, {"columns of the loss", loss.columns(), 1}});
    const double value = sharing::whole_loss(task_, loss);
    return {std::move(loss), value};
  }

  void backward(Variable loss) const {
    const TimedPhase phase("backward");
    loss.backward();
    sharing::add_up_gradients(task_);
  }

  /// A captured step: the device decides whether to take it, without waiting for the host.
  bool step_captured(EpochReport& report) {
    const double factor = rate_factor(report.epoch);
    const StepOutcome outcome = captured_->step(report.epoch, factor);
    const double value = static_cast<double>(outcome.loss);
    if (!std::isfinite(value)) {
      optimizer_.clear_gradients();  // they are useless too
      return diverged("training loss");
    }
    if (!std::isfinite(outcome.norm)) return diverged("gradient");
    add_to(report, value, outcome.norm, factor);
    return true;
  }

  void add_to(EpochReport& report, double loss, double norm, double factor) const {
    report.train_loss += (loss - report.train_loss) / static_cast<double>(batch_ + 1);  // the mean so far
    report.gradient_norm = std::max(report.gradient_norm, norm);
    report.learning_rate = learning_rate(options_.optimizer) * factor;
  }

  double rate_factor(Index epoch) const {
    const double factor = options_.schedule ? options_.schedule(epoch) : 1;
    return options_.step_schedule ? factor * options_.step_schedule(steps()) : factor;
  }

  Tensor infer_validation() const { return infer(task_.predict_validation ? task_.predict_validation : task_.predict); }

  bool validate(EpochReport& report) {
    const Profiling profiling(options_.profile);
    const TimedPhase phase("evaluation");
    double loss = std::numeric_limits<double>::infinity(), score = -loss;  // without validation
    if (validates_) {
      report.validation = captured_ ? scores(task_, captured_->prediction(), Subset::validation)
                                    : scores(task_, infer_validation(), Subset::validation);
      if (!report.validation) return diverged("validation loss");
      loss = report.validation->loss;
      score = report.validation->score;
    }
    report.kept = stopping_.keep(report.epoch, loss, score);
    if (report.kept && chooses()) copy_values(all_, kept_);
    return true;
  }

  bool diverged(const std::string& what) {
    note_ = "diverged in epoch " + std::to_string(epoch()) +
            (task_.batches.count() > 1 ? ", batch " + std::to_string(batch_) : "") + ": the " + what +
            " is not finite" + first_not_finite(task_.parameters);
    return false;
  }

  TrainState state() const {
    return {.seed = options_.seed,
            .epochs = epoch(),
            .batch = batch_,
            .under_way = under_way_,
            .parameters = by_name(task_.parameters, copied(task_.parameters)),
            .buffers = by_name(task_.buffers, copied(task_.buffers)),
            .kept = chooses() ? by_name(all_, kept_) : NamedTensors(),
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
    require(state.batch >= 0 && state.batch < task_.batches.count(), "train",
            "the state to resume from has done " + std::to_string(state.batch) + " batches of an epoch, which has " +
                std::to_string(task_.batches.count()));
    require(state.kept.empty() != chooses(), "train", "the state to resume from is of another stop rule");
    auto parameters = in_order("train", task_.parameters, state.parameters);
    auto buffers = in_order("train", task_.buffers, state.buffers);
    if (chooses()) kept_ = in_order("train", all_, state.kept);
    optimizer_.restore(state.optimizer);
    stopping_ = EarlyStopping(rule_, options_.patience, state.stopping);
    history_ = state.history;
    batch_ = state.batch;
    under_way_ = state.under_way;
    start_ = epoch() - 1;
    set(task_.parameters, std::move(parameters));
    set(task_.buffers, std::move(buffers));
    if (!chooses()) kept_ = copied(all_);
  }

  const Task& task_;
  const TrainOptions& options_;
  bool validates_;
  StopRule rule_;
  Parameters all_;  // parameters and buffers
  Optimizer optimizer_;
  std::optional<CapturedEpochs> captured_;  // where the device replays epochs
  EarlyStopping stopping_;
  std::vector<Tensor> kept_;  // parameters and buffers that the rule keeps; without a rule, those of the start
  Index start_ = -1;          // the last whole epoch before this run
  Index batch_ = 0;           // batches done of the epoch under way
  EpochReport under_way_;
  std::vector<EpochReport> history_;
  std::string note_;
};

}  // namespace

const char* name_of(Ending ending) {
  constexpr const char* names[] = {"all epochs", "early stop", "interrupted", "diverged"};
  return names[static_cast<std::size_t>(ending)];
}

TrainResult train(const Task& task, const TrainOptions& options) {
  const UseDevice on(task.parameters.empty() ? Device::cpu : task.parameters.front().variable.device());
  const bool validates = check(task, options);
  return Run(task, options, validates).to_the_end();
}

}  // namespace mercer
