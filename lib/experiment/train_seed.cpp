#include "mercer/experiment/train_seed.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "experiment/landmarks.hpp"
#include "mercer/exchange/partitioned.hpp"
#include "mercer/exchange/ranks.hpp"
#include "mercer/experiment/class_weights.hpp"
#include "mercer/experiment/first_values.hpp"
#include "mercer/experiment/sequences.hpp"
#include "mercer/training/item_classification.hpp"
#include "mercer/training/item_targets.hpp"
#include "mercer/training/multi_label.hpp"
#include "mercer/training/node_classification.hpp"
#include "mercer/training/node_targets.hpp"
#include "mercer/training/regression.hpp"

namespace mercer {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr Index steps_between_saves = 100;  // on_save decides whether to write
constexpr Index usual_batch = 32;           // sequences

/// The part of the problem that one rank trains on; a single rank has all of it.
struct TrainingView {
  Neighbourhood neighbourhood;
  Input input;
  std::optional<Sharing> sharing{};
};

/// The result of the training. The model stays on the input's device.
struct Ended {
  Model model{};
  ModelOptions options{};
  std::string note{};  // of landmarks that gave way to the training part
  TrainResult result{};
  Index guarded = 0;
  ColumnScales scales{};
};

Input own_rows(const Input& input, Index first, Index last, Device device) {
  if (input.is_sparse()) return std::make_shared<const SparseMatrix>(input.sparse()->rows(first, last).to(device));
  const Tensor& x = input.dense().value();
  const auto begin = static_cast<std::size_t>(first * x.columns()),
             count = static_cast<std::size_t>((last - first) * x.columns());
  return Variable(Tensor::from(last - first, x.columns(), x.values().subspan(begin, count)).to(device));
}

/// Mean and deviation of real targets on the training nodes; none of others.
ColumnScales scales_of_targets(const Dataset& data, Rows train) {
  if (data.label_kind != LabelKind::real) return {};
  Tensor known(std::ssize(train), data.targets.columns());
  for (Index i = 0; i < known.rows(); ++i)
    std::copy_n(data.targets.row(train[static_cast<std::size_t>(i)]), known.columns(), known.row(i));
  return column_scales(Features(std::move(known)));
}

/// The training of one seed by all ranks.
class SeedTraining {
 public:
  /// `refit_epochs`: nothing chooses among them.
  SeedTraining(const Problem& problem, const Settings& settings, std::uint64_t seed, const Split& split,
               Index refit_epochs = 0)
      : problem_(problem),
        settings_(settings),
        seed_(seed),
        split_(split),
        refit_epochs_(refit_epochs),
        scales_(scales_of_targets(problem.prepared.data, split.train)) {}

  const ColumnScales& scales() const { return scales_; }

  Ended run(TrainHooks hooks) const {
    if (problem_.prepared.data.has_items()) return on_sequences(std::move(hooks));
    if (problem_.machine().ranks > 1) return on_ranks(hooks);
    return on({.neighbourhood = problem_.neighbourhood, .input = problem_.input}, std::move(hooks));
  }

 private:
  /// All ranks compute the same model; the first one calls the hooks.
  Ended on_ranks(const TrainHooks& hooks) const {
    std::vector<Ended> ended(problem_.parts.size());
    run_ranks(
        problem_.machine().ranks,
        [&](Communicator& ranks) {
          Ended mine =
              on(view_of(ranks), ranks.rank() == 0 ? hooks : TrainHooks{.resume = hooks.resume, .first = hooks.first});
          move_to(mine.model, Device::cpu);  // the rank's device ends with the rank
          ended[static_cast<std::size_t>(ranks.rank())] = std::move(mine);
        },
        problem_.machine().joined);
    for (std::size_t r = 1; r < ended.size(); ++r)
      ended.front().guarded += ended[r].guarded;
    return std::move(ended.front());
  }

  Model built(const ModelOptions& options) const {
    return build_model(options, problem_.features(), problem_.classes(), seed_);
  }

  /// The model before the first step. It has the values of `first`, or random ones and the rows that it keeps of those
  /// that train, of which there may be fewer than it asks for.
  Ended begun(const TrainedModel* first) const {
    Ended made{.model = built(settings_.model), .options = settings_.model};
    if (first != nullptr) set_first_values(made.model, *first);
    if (first != nullptr || !made.model.take_rows) return made;
    const std::string examples = problem_.prepared.data.examples_in_words();
    if (const auto fewer = fewer_landmarks(settings_.model, std::ssize(split_.train),
                                           "the training " + examples + ", all of which were taken")) {
      made.options.options.insert_or_assign("landmarks", fewer->number);
      made.note = fewer->note;
      made.model = built(made.options);
    }
    std::vector<Node> train = split_.train;  // in the order of the source, whatever their numbers are here
    std::ranges::sort(train, {}, [&](Node i) { return problem_.prepared.source_node(i); });
    made.model.take_rows(problem_.input, train, seed_);
    return made;
  }

  TrainingView view_of(Communicator& ranks) const {
    const Part& part = problem_.parts[static_cast<std::size_t>(ranks.rank())];
    const Device device = problem_.machine().device;
    TrainingView view{
        .neighbourhood = problem_.neighbourhood.part(partitioned(part, ranks)),
        .input = own_rows(problem_.input, part.first(), part.last(), device),
        .sharing = Sharing{.first = part.first(),
                           .ranks = ranks.size(),
                           .add_up = [&ranks](View x) { all_reduce_sum(ranks, x); },
                           .add_up_gradients = [&ranks](const Parameters& all) { all_reduce_gradients(ranks, all); }}};
    if (Variable weight = view.neighbourhood.facts().weight) weight.move_to(device);
    return view;
  }

  Ended on(const TrainingView& view, TrainHooks hooks) const {
    Ended trained = begun(hooks.first);
    move_to(trained.model, view.input.device());
    const auto predict = [&](Pass& pass) -> Prediction {
      pass.count_guarded(&trained.guarded);
      return trained.model.forward(view.neighbourhood, view.input, pass);
    };
    const Dataset& data = problem_.prepared.data;
    const Task task = data.label_kind == LabelKind::classes
                          ? node_classification({.parameters = trained.model.parameters,
                                                 .predict = predict,
                                                 .labels = data.labels,
                                                 .train = split_.train,
                                                 .validation = split_.validation,
                                                 .test = split_.test,
                                                 .metric = *settings_.training.metric,
                                                 .buffers = trained.model.buffers,
                                                 .class_weights = class_weights(),
                                                 .sharing = view.sharing})
                          : node_targets({.parameters = trained.model.parameters,
                                          .predict = predict,
                                          .targets = in_scale(data.targets, scales_),
                                          .loss = target_loss(data.label_kind),
                                          .train = split_.train,
                                          .validation = split_.validation,
                                          .test = split_.test,
                                          .metric = *settings_.training.metric,
                                          .buffers = trained.model.buffers,
                                          .sharing = view.sharing});
    trained.result = mercer::train(task, train_options(std::move(hooks)));
    return trained;
  }

  /// Features are standardised by the sequences that train.
  Ended on_sequences(TrainHooks hooks) const {
    const Prepared& prepared = problem_.prepared;
    const std::vector<Index>& offset = prepared.data.item_offset;
    const Device device = problem_.device();
    Ended trained = begun(hooks.first);
    move_to(trained.model, device);
    Input input = problem_.input;
    if (prepared.standardise_features && prepared.scales.mean.empty()) {
      trained.scales = scales_of(offset, input, split_.train);
      input = standardised(input, trained.scales);
    }
    const auto predict = [&](std::span<const Node> items, Pass& pass) -> Prediction {
      pass.count_guarded(&trained.guarded);
      const SequenceBatch batch = batch_of(offset, input, items, device);
      return trained.model.forward(batch.segments, batch.x, pass);
    };
    const Task task = task_of_items(trained.model, predict);
    trained.result = mercer::train(task, train_options(std::move(hooks)));
    return trained;
  }

  Task task_of_items(const Model& model, std::function<Prediction(std::span<const Node>, Pass&)> predict) const {
    const Dataset& data = problem_.prepared.data;
    const Index batch = settings_.training.batch.value_or(usual_batch);
    if (data.label_kind == LabelKind::classes)
      return item_classification({.parameters = model.parameters,
                                  .predict = std::move(predict),
                                  .labels = data.labels,
                                  .train = split_.train,
                                  .validation = split_.validation,
                                  .test = split_.test,
                                  .batch = batch,
                                  .seed = seed_,
                                  .metric = *settings_.training.metric,
                                  .buffers = model.buffers,
                                  .class_weights = class_weights()});
    return item_targets({.parameters = model.parameters,
                         .predict = std::move(predict),
                         .targets = in_scale(data.targets, scales_),
                         .loss = target_loss(data.label_kind),
                         .train = split_.train,
                         .validation = split_.validation,
                         .test = split_.test,
                         .batch = batch,
                         .seed = seed_,
                         .metric = *settings_.training.metric,
                         .buffers = model.buffers});
  }

  TrainOptions train_options(TrainHooks hooks) const {
    const TrainingChoice& t = settings_.training;
    return {.epochs = refit_epochs_ > 0 ? refit_epochs_ : *t.epochs,
            .seed = seed_,
            .optimizer = update_rule_of(t),
            .schedule = schedule_of(t),
            .step_schedule = step_schedule_of(t),
            .clip_norm = t.clip.value_or(0),
            .stop = refit_epochs_ > 0 ? StopRule::fixed_epochs : *t.stopping,
            .patience = *t.patience,
            .cuda_graph = problem_.machine().cuda_graph,
            .profile = hooks.profile,
            .on_epoch = std::move(hooks.on_epoch),
            .interrupted = std::move(hooks.interrupted),
            .save_every = hooks.on_save ? steps_between_saves : 0,
            .on_save = std::move(hooks.on_save),
            .resume = std::move(hooks.resume)};
  }

  std::vector<Real> class_weights() const {
    const auto& typed = settings_.training.class_weight;
    return typed ? class_weights_of(*typed, problem_.prepared.data, split_.train) : std::vector<Real>();
  }

  const Problem& problem_;
  const Settings& settings_;
  std::uint64_t seed_;
  const Split& split_;
  Index refit_epochs_;
  ColumnScales scales_;  // of real targets
};

void take_scores(const TrainResult& trained, const Dataset& data, const Split& split, SeedResult& result) {
  const auto accuracy_of = [&](const std::optional<Scores>& scores, Rows rows) {
    if (!scores || data.label_kind == LabelKind::real) return unknown;
    return data.label_kind == LabelKind::several ? label_accuracy(trained.prediction, data.targets, rows)
                                                 : accuracy(trained.prediction, data.labels, rows);
  };
  result.train_accuracy = accuracy_of(trained.train, split.train);
  result.validation_accuracy = accuracy_of(trained.validation, split.validation);
  result.validation_metric = trained.validation ? trained.validation->score : unknown;
  result.test_accuracy = accuracy_of(trained.test, split.test);
  result.test_metric = trained.test ? trained.test->score : unknown;
  result.test_loss = trained.test ? trained.test->loss : unknown;
}

}  // namespace

EpochRow row_of(const EpochReport& report) {
  return {static_cast<int>(report.epoch) + 1, report.train_loss, report.validation ? report.validation->loss : unknown,
          report.validation ? report.validation->score : unknown, report.epoch_ms};
}

Tensor in_units(Tensor x, const ColumnScales& targets) {
  if (targets.mean.empty()) return x;
  for (Index i = 0; i < x.rows(); ++i)
    for (Index c = 0; c < x.columns(); ++c)
      x(i, c) = targets.mean[static_cast<std::size_t>(c)] + x(i, c) / targets.scale[static_cast<std::size_t>(c)];
  return x;
}

Tensor in_scale(Tensor y, const ColumnScales& targets) {
  if (targets.mean.empty()) return y;
  for (Index i = 0; i < y.rows(); ++i)
    for (Index c = 0; c < y.columns(); ++c)
      y(i, c) = (y(i, c) - targets.mean[static_cast<std::size_t>(c)]) * targets.scale[static_cast<std::size_t>(c)];
  return y;
}

std::vector<std::pair<std::string, double>> target_scores(LabelKind kind, ConstView x, ConstView y, Rows rows) {
  std::vector<std::pair<std::string, double>> scores;
  if (rows.empty()) return scores;
  const auto add = [&](Metric metric) {
    try {
      scores.emplace_back(name_of(metric, metric_choices), evaluate(metric, target_loss(kind), x, y, rows));
    } catch (const ValueError&) {  // not defined: all nodes have one label, or one number
    }
  };
  if (kind == LabelKind::real) {
    add(Metric::r2);
    scores.emplace_back("mae", mean_absolute_error(x, y, rows));
    scores.emplace_back("rmse", root_mean_squared_error(x, y, rows));
    return scores;
  }
  for (const Metric metric :
       {Metric::micro_f1, Metric::macro_f1, Metric::accuracy, Metric::roc_auc, Metric::average_precision})
    add(metric);
  return scores;
}

namespace {

/// The scores of the test by what they are.
void take_test(const Dataset& data, const Split& split, SeedRun& run) {
  if (split.test.empty() || !run.trained.test) return;
  if (data.label_kind != LabelKind::classes)
    run.result.scores =
        target_scores(data.label_kind, in_units(run.trained.prediction, run.targets), data.targets, split.test);
  else
    run.result.confusion = confusion(run.trained.prediction, data.labels, split.test);
}

/// A training on that split; for `refit_epochs` of them without a choice.
SeedRun trained_on(Split split, const Problem& problem, const Settings& settings, std::uint64_t seed, TrainHooks hooks,
                   Index refit_epochs = 0) {
  SeedRun run;
  run.split = std::move(split);
  const SeedTraining training(problem, settings, seed, run.split, refit_epochs);
  Ended trained = training.run(std::move(hooks));
  run.model = std::move(trained.model);
  run.options = std::move(trained.options);
  run.trained = std::move(trained.result);
  run.scales = std::move(trained.scales);
  run.targets = training.scales();
  SeedResult& result = run.result;
  result.seed = seed;
  result.guarded = trained.guarded;
  result.epochs = static_cast<int>(run.trained.state.epochs);
  result.best_epoch = static_cast<int>(run.trained.kept_epoch) + 1;
  result.ended = name_of(run.trained.ending);
  if (run.model.in_words)
    run.trained.note += (run.trained.note.empty() ? "" : "; ") + run.model.in_words() +
                        (trained.note.empty() ? "" : ": " + trained.note);
  result.note = run.trained.note;
  take_scores(run.trained, problem.prepared.data, run.split, result);
  for (const EpochReport& report : run.trained.state.history)
    result.history.push_back(row_of(report));
  take_test(problem.prepared.data, run.split, run);
  return run;
}

/// What the choice was, beside the scores of the second training.
SeedResult refitted(SeedResult chosen, const SeedResult& again) {
  chosen.refit_epochs = again.epochs;
  if (has_diverged(again)) chosen.ended = again.ended;
  chosen.train_accuracy = again.train_accuracy;
  chosen.test_accuracy = again.test_accuracy;
  chosen.test_metric = again.test_metric;
  chosen.test_loss = again.test_loss;
  chosen.guarded += again.guarded;
  chosen.scores = again.scores;
  chosen.confusion = again.confusion;
  return chosen;
}

}  // namespace

SeedRun train_seed(const Problem& problem, const Settings& settings, std::uint64_t seed, Index turn, TrainHooks hooks) {
  auto [split, number] = split_of(problem.prepared, seed, turn);
  std::vector<Node> test = std::move(split.test);
  const bool refits = settings.training.refit.value_or(false) && hooks.scores_test;
  split.test = hooks.scores_test && !refits ? std::move(test) : std::vector<Node>();
  if (!refits || !hooks.chosen) {
    SeedRun run = trained_on(split, problem, settings, seed, hooks);
    run.result.split = number;
    if (!refits || run.trained.ending == Ending::interrupted) return run;
    hooks.resume.reset();
    hooks.chosen = std::move(run.result);
    if (hooks.on_chosen) hooks.on_chosen(*hooks.chosen);
  }
  split.train.insert(split.train.end(), split.validation.begin(), split.validation.end());
  std::ranges::sort(split.train);
  split.validation.clear();
  split.test = std::move(test);
  const SeedResult chosen = *std::exchange(hooks.chosen, std::nullopt);
  SeedRun run = trained_on(std::move(split), problem, settings, seed, std::move(hooks), chosen.best_epoch);
  run.result = refitted(chosen, run.result);
  run.trained.note = chosen.note;  // that nothing stops a refit needs no remark
  return run;
}

}  // namespace mercer
