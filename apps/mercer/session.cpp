#include "session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "errors.hpp"
#include "mercer/graph/inspect.hpp"
#include "stream_estimate.hpp"

namespace mercer::program {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr Index epochs_between_saves = 100;  // on_save decides which of them to write

Input input_of(Features features) {
  if (auto* sparse = std::get_if<SparseMatrix>(&features))
    return std::make_shared<const SparseMatrix>(std::move(*sparse));
  return Variable(std::get<Tensor>(std::move(features)));
}

Input moved(const Input& input, Device device) {
  if (input.is_sparse()) return std::make_shared<const SparseMatrix>(input.sparse()->to(device));
  return Variable(input.dense().value().to(device));
}

void take_scores(const TrainResult& trained, SeedResult& result) {
  const auto field = [](const std::optional<Scores>& scores, double Scores::*which) {
    return scores ? (*scores).*which : unknown;
  };
  result.train_accuracy = field(trained.train, &Scores::accuracy);
  result.validation_accuracy = field(trained.validation, &Scores::accuracy);
  result.validation_metric = field(trained.validation, &Scores::score);
  result.test_accuracy = field(trained.test, &Scores::accuracy);
  result.test_metric = field(trained.test, &Scores::score);
  result.test_loss = field(trained.test, &Scores::loss);
}

}  // namespace

Problem::Problem(Prepared from, const ModelOptions& model, const Machine& machine)
    : prepared(std::move(from)),
      neighbourhood(Graph()),
      input(input_of(std::move(prepared.data.features))),
      model_(model),
      machine_(machine) {
  with_room([&] {
    if (is_streamed()) return;  // room was made
    neighbourhood = neighbourhood_for(model, prepared.data.graph, machine.device);
    if (machine.device != Device::cpu) input = moved(input, machine.device);
  });
}

std::string Problem::device_in_words() const {
  if (is_streamed()) return device_name(Device::cuda) + ", attention streamed";
  return device_name(input.device());
}

void Problem::make_room(const std::string& why) {
  if (machine_.stream_bytes == 0)
    throw DeviceMemoryError(why + "; with --device-memory SIZE, attention streams through so much of it");
  input = moved(input, Device::cpu);
  neighbourhood = neighbourhood_for(model_, prepared.data.graph).streamed(machine_.stream_bytes);
  release_unused_memory();  // of the device
  try {
    const StreamEstimate needs = estimate(neighbourhood.graph(), model_, features(), classes());
    fmt::print(stderr, "mercer: {}\nmercer: so tensors stay on the host and attention streams through the device: {}\n",
               why, in_words(needs));
  } catch (const DeviceMemoryError& error) {
    throw UsageError(fmt::format("--device-memory: too little even to stream through: {}", error.what()));
  } catch (const ValueError& error) {  // of one row
    throw UsageError(fmt::format("--device-memory: too little even to stream through: {}", error.what()));
  }
}

Tensor logits_of(const Model& model, const Problem& problem) {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  return model.forward(problem.neighbourhood, problem.input, pass).y.value().to(Device::cpu);
}

void check_split(const Problem& problem, const Settings& settings, const Split& split) {
  const Dataset& data = problem.prepared.data;
  check_trainable(data, split);
  const Tensor logits(data.nodes(), problem.classes());
  for (const std::vector<Node>* rows : {&split.train, &split.validation, &split.test})
    if (!rows->empty()) mercer::evaluate(metric(settings.training), logits, data.labels, *rows);
}

void complete(Settings& settings, const Problem& problem) {
  const Prepared& prepared = problem.prepared;
  if (problem.features() < 1) throw UsageError(prepared.data.name + ": the nodes have no features");
  settings.data.symmetrise = prepared.symmetrise;
  settings.data.loops = prepared.loops;
  settings.data.largest_component = prepared.largest_component;
  settings.data.normalise_features = prepared.normalise_features;
  settings.model = completed(settings.model, problem.features(), problem.classes());
}

std::vector<double> probabilities(const Tensor& logits, Index i) {
  const Real* x = logits.row(i);
  const double top = *std::max_element(x, x + logits.columns());
  std::vector<double> p(static_cast<std::size_t>(logits.columns()));
  double sum = 0;
  for (std::size_t c = 0; c < p.size(); ++c)
    sum += p[c] = std::exp(static_cast<double>(x[c]) - top);
  for (double& share : p)
    share /= sum;
  return p;
}

DataFacts facts_of(const Problem& problem, const Split& split) {
  const Dataset& data = problem.prepared.data;
  return {.name = data.name,
          .format = data.format,
          .nodes = data.nodes(),
          .edges = data.graph.edges(),
          .features = problem.features(),
          .classes = data.classes(),
          .isolated = isolated_nodes(data.graph),
          .homophily = edge_homophily(data.graph, data.labels),
          .class_names = data.class_names,
          .split = problem.prepared.plan.in_words(),
          .train = static_cast<Index>(split.train.size()),
          .validation = static_cast<Index>(split.validation.size()),
          .test = static_cast<Index>(split.test.size()),
          .notes = data.notes};
}

EpochRow row_of(const EpochReport& report) {
  return {static_cast<int>(report.epoch) + 1, report.train_loss, report.validation ? report.validation->loss : unknown,
          report.validation ? report.validation->score : unknown, report.epoch_ms};
}

SeedRun train_seed(const Problem& problem, const Settings& settings, std::uint64_t seed, Index turn, Hooks hooks) {
  SeedRun run;
  run.result.seed = seed;
  Split split = split_of(problem.prepared, seed, turn, run.result.split);
  if (!hooks.scores_test) split.test.clear();
  run.model = build_model(settings.model, problem.features(), problem.classes(), seed);
  move_to(run.model, problem.input.device());
  const Task task{.parameters = run.model.parameters,
                  .predict = [&](Pass& pass) -> Prediction {
                    pass.count_guarded(&run.result.guarded);
                    auto [y, penalty] = run.model.forward(problem.neighbourhood, problem.input, pass);
                    return {std::move(y), std::move(penalty)};
                  },
                  .labels = problem.prepared.data.labels,
                  .train = split.train,
                  .validation = split.validation,
                  .test = split.test};
  run.trained = mercer::train(task, {.epochs = *settings.training.epochs,
                                     .seed = seed,
                                     .optimizer = update_rule(settings.training),
                                     .schedule = schedule(settings.training),
                                     .clip_norm = settings.training.clip.value_or(0),
                                     .stop = stop_rule(settings.training),
                                     .patience = *settings.training.patience,
                                     .metric = metric(settings.training),
                                     .cuda_graph = problem.replays_epochs(),
                                     .on_epoch = std::move(hooks.on_epoch),
                                     .interrupted = std::move(hooks.interrupted),
                                     .save_every = hooks.on_save ? epochs_between_saves : 0,
                                     .on_save = std::move(hooks.on_save),
                                     .resume = std::move(hooks.resume)});
  run.result.epochs = static_cast<int>(run.trained.state.epochs);
  run.result.best_epoch = static_cast<int>(run.trained.kept_epoch) + 1;
  run.result.ended = name_of(run.trained.ending);
  run.result.note = run.trained.note;
  take_scores(run.trained, run.result);
  for (const EpochReport& report : run.trained.state.history)
    run.result.history.push_back(row_of(report));
  if (!split.test.empty() && run.trained.test)
    run.result.confusion = confusion(run.trained.logits, problem.prepared.data.labels, split.test);
  return run;
}

}  // namespace mercer::program
