#include "mercer/experiment/problem.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "experiment/landmarks.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/experiment/class_weights.hpp"
#include "mercer/experiment/memory_estimate.hpp"
#include "mercer/experiment/sequences.hpp"

namespace mercer {

namespace {

Input input_of(Features features) {
  if (auto* sparse = std::get_if<SparseMatrix>(&features))
    return std::make_shared<const SparseMatrix>(std::move(*sparse));
  return Variable(std::get<Tensor>(std::move(features)));
}

Input moved(const Input& input, Device device) {
  if (input.is_sparse()) return std::make_shared<const SparseMatrix>(input.sparse()->to(device));
  return Variable(input.dense().value().to(device));
}

/// Ranks take runs of consecutive nodes: the parts of the reordering, or equal ones.
Partition runs_for(int ranks, const Prepared& prepared) {
  const std::vector<std::int32_t>& part = prepared.parts.of;
  const Index nodes = prepared.data.nodes(), parts = part.empty() ? nodes : prepared.parts.parts;
  if (parts < ranks)
    throw ValueError("[device] got " + std::to_string(ranks) + " for " + std::to_string(parts) +
                     (part.empty() ? " nodes" : " parts, by which the nodes are ordered (reorder)") + ", want fewer");
  Partition runs{.of = {}, .parts = ranks};
  for (Index i = 0; i < nodes; ++i)
    runs.of.push_back(
        static_cast<std::int32_t>((part.empty() ? i : part[static_cast<std::size_t>(i)]) * ranks / parts));
  return runs;
}

/// The model's number of features of edges follows from the data. Throws ValueError where another one is given.
void check_edge_columns(const ModelOptions& model, const Dataset& data) {
  const OptionValue* given = model.find("edge-columns");
  const auto has = std::to_string(data.edge_features.columns());
  require(given == nullptr || given->text() == has, "edge-columns",
          "got " + (given == nullptr ? "" : given->text()) + ", but the edges of " + data.name + " have " + has +
              " features for the model: want no edge-columns, which follows from the data, and for a model that reads "
              "some no --edge-features ignore");
}

}  // namespace

void check_fit(const Dataset& data, const ModelOptions& model) {
  const bool of_sequences = is_sequence_model(model.name);
  if (of_sequences && !data.has_items())
    throw ValueError("[model] " + model.name + " classifies sequences, and " + data.name +
                     " is a graph: want a model of nodes, as gat or rbf");
  if (data.has_items() && !of_sequences) {
    const std::string same = sequence_model_with(model.name);
    throw ValueError("[model] " + model.name + " classifies nodes of a graph, and " + data.name +
                     " is a set of sequences: want transformer" +
                     (is_sequence_model(same) ? ", or " + same + " for the same attention" : ""));
  }
}

Problem::Problem(Prepared from, const ModelOptions& model, const Machine& machine)
    : prepared(std::move(from)),
      neighbourhood(Graph()),
      input(input_of(std::move(prepared.data.features))),
      model_(model),
      machine_(machine) {
  check_fit(prepared.data, model);
  if (prepared.data.has_items()) {
    require(
        machine.ranks == 1, "device",
        "got " + std::to_string(machine.ranks) + " for a set of sequences, want one: only a graph is cut into parts");
    neighbourhood = Segments(prepared.data.item_offset);
    return;
  }
  take_edge_features();
  const Device device = machine.ranks > 1 ? Device::cpu : machine.device;
  or_streamed([&] {
    if (is_streamed()) return;  // the data are already on the host
    neighbourhood = neighbourhood_on(device);
    if (device.is_cuda()) input = moved(input, device);
  });
  if (model.name == "gcn" && neighbourhood.facts().weight) {
    require(
        machine.ranks == 1, "device",
        "gcn on a directed graph divides by degrees that a part of it lacks: want one device, or --source-degree out");
    prepared.notes.emplace_back(
        "gcn divides each edge by the roots of both ends' in-degrees, as PyTorch Geometric does; --source-degree out "
        "takes the source's out-degree");
  }
  if (machine.ranks > 1) parts = parts_of(neighbourhood.graph(), runs_for(machine.ranks, prepared));
}

void Problem::take_edge_features() {
  const Dataset& data = prepared.data;
  check_edge_columns(model_, data);
  if (!data.has_edge_features()) return;
  if (!reads_edge_features(model_)) {
    require(!prepared.edge_features, "edge-features",
            model_.name + " reads no features of edges: want " + readers_of_edge_features(" or ") + ", or ignore");
    prepared.notes.push_back("the features of edges are not used: " + model_.name + " reads none; " +
                             readers_of_edge_features() + " do");
    return;
  }
  require(machine_.ranks == 1, "device",
          "got " + std::to_string(machine_.ranks) + " with features of edges, want one, or --edge-features ignore");
  model_.options.insert_or_assign("edge-columns", data.edge_features.columns());
  prepared.notes.push_back(model_.name + " reads the features of edges, " +
                           std::string(prepared.edge_scales.mean.empty()
                                           ? "as they are"
                                           : "each column with mean 0 and standard deviation 1 over the edges") +
                           (prepared.loops ? "; a node's loop has the mean of the other edges into it, also where the "
                                             "data have a loop"
                                           : ""));
}

Neighbourhood Problem::neighbourhood_on(Device device) const {
  const Dataset& data = prepared.data;
  return neighbourhood_for(model_, data.graph, device, reads_edge_features(model_) ? data.edge_features : Tensor());
}

std::string Problem::device_in_words() const {
  if (machine_.ranks > 1) return in_words(machine_);
  if (is_streamed()) return device_name(Device::cuda) + ", attention streamed";
  return device_name(device());
}

void Problem::stream(const std::string& why) {
  if (prepared.data.has_items())
    throw DeviceMemoryError(why + "; fewer sequences at a time need less: a smaller --batch");
  if (machine_.stream_bytes == 0)
    throw DeviceMemoryError(
        why + "; with a device memory of its own (--device-memory SIZE), attention streams through so much of it");
  input = moved(input, Device::cpu);
  neighbourhood = neighbourhood_on(Device::cpu).streamed(machine_.stream_bytes);
  release_unused_memory();  // of the device
  try {
    const StreamUse needs = estimate(neighbourhood, model_, features(), classes());
    if (!machine_.note) return;
    machine_.note(why);
    machine_.note("so tensors stay on the host and attention streams through the device: " + in_words(needs));
  } catch (const DeviceMemoryError& error) {
    throw ValueError(std::string("[device-memory] too little even to stream through: ") + error.what());
  } catch (const ValueError& error) {  // a single row is too large
    throw ValueError(std::string("[device-memory] too little even to stream through: ") + error.what());
  }
}

Tensor logits_of(const Model& model, const Problem& problem) {
  if (problem.prepared.data.has_items())
    return of_each_sequence(problem, [&](const Neighbourhood& segments, const Input& x, Pass& pass) {
      return model.forward(segments, x, pass).y;
    });
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  return model.forward(problem.neighbourhood, problem.input, pass).y.value().to(Device::cpu);
}

Tensor hidden_of(const Model& model, const Problem& problem) {
  if (problem.prepared.data.has_items()) return of_each_sequence(problem, model.hidden);
  return hidden_outputs(model, problem.neighbourhood, problem.input).value().to(Device::cpu);
}

namespace {

/// The metric that was asked for, or that of the task.
Metric metric_of(const Settings& settings, LabelKind kind) {
  if (settings.chose_metric || kind == LabelKind::classes) return *settings.training.metric;
  return kind == LabelKind::several ? Metric::micro_f1 : Metric::r2;
}

/// Calls score(rows) for each part that has rows. Throws ValueError that names the part.
template <class Score>
void check_parts(const Dataset& data, const Split& split, Score&& score) {
  const std::pair<const char*, const std::vector<Node>*> parts[] = {
      {"training", &split.train}, {"validation", &split.validation}, {"test", &split.test}};
  for (const auto& [name, rows] : parts) {
    if (rows->empty()) continue;
    try {
      score(*rows);
    } catch (const ValueError& error) {
      const std::string what = error.what();
      if (what.starts_with("[metric]")) throw;  // of no part
      throw ValueError(what + " in the " + name + " part of " + std::to_string(rows->size()) + " " +
                       data.examples_in_words() + ": want a split with larger parts, as split-random share:0.6,0.2");
    }
  }
}

/// A second training wants one that chose its epochs, on examples that it may take in.
void check_refit(const Dataset& data, const TrainingChoice& training, const Split& split) {
  if (!training.refit.value_or(false)) return;
  require(data.has_items(), "refit",
          "is of sequences, bags and texts, and " + data.name +
              " is a graph, whose validation nodes are part of its split: leave it out");
  require(
      training.stopping != StopRule::fixed_epochs, "refit",
      "no epoch is chosen with stopping fixed: leave it out; --validation-share 0 trains on all for so many epochs");
  require(!split.validation.empty(), "refit",
          std::string("no ") + data.examples_in_words() + " of " + data.name +
              " validate, which would choose the epoch: want --validation-share above 0");
  require(training.epochs.value_or(1) > 0, "refit",
          "got 0 epochs, of which none is chosen: want more, or leave it out");
}

}  // namespace

void check_split(const Problem& problem, const Settings& settings, const Split& split) {
  const Dataset& data = problem.prepared.data;
  check_trainable(data, split);
  check_refit(data, settings.training, split);
  const Tensor logits(data.examples(), problem.classes());
  if (data.label_kind != LabelKind::classes) {
    require(!settings.training.class_weight, "class-weight", "belongs to classes, and the task is another");
    const Metric metric = metric_of(settings, data.label_kind);
    return check_parts(data, split, [&](const std::vector<Node>& rows) {
      mercer::evaluate(metric, target_loss(data.label_kind), logits, data.targets, rows);
    });
  }
  if (settings.training.class_weight) class_weights_of(*settings.training.class_weight, data, split.train);
  const Metric metric = *settings.training.metric;
  const std::string whose = settings.chose_metric ? "" : ", the metric of the recipe " + settings.recipe + ",";
  if (data.classes() != 2)
    require(metric != Metric::roc_auc && metric != Metric::average_precision, "metric",
            std::string(name_of(metric, metric_choices)) + whose + " is of two classes, and " + data.name + " has " +
                std::to_string(data.classes()) + ": want --metric accuracy or macro-f1");
  check_parts(data, split, [&](const std::vector<Node>& rows) { mercer::evaluate(metric, logits, data.labels, rows); });
}

std::string note_of_metric(Metric metric, const Dataset& data) {
  if (metric != Metric::average_precision || data.label_kind != LabelKind::classes || data.classes() != 2) return "";
  return "average precision is that of the class " + in_quotes(data.class_names[1]) + "; --positive " +
         in_quotes(data.class_names[0]) + " takes the other";
}

TargetLoss target_loss(LabelKind kind) {
  return kind == LabelKind::several ? TargetLoss::logistic : TargetLoss::squared;
}

namespace {

/// More landmarks than a sequence has rows would stand for some of them twice. What was done, in words.
std::string limit_landmarks(ModelOptions& model, const Dataset& data) {
  if (!data.has_items()) return "";
  const Index longest = longest_item(data);
  const auto fewer =
      fewer_landmarks(model, longest, "the longest sequence has rows; " + std::to_string(longest) + " are taken");
  if (!fewer) return "";
  model.options.insert_or_assign("landmarks", fewer->number);
  return fewer->note.empty() ? "" : "landmarks: " + fewer->note;
}

void complete_edge_features(Settings& settings, const Prepared& prepared) {
  check_edge_columns(settings.model, prepared.data);
  if (!prepared.data.has_edge_features()) return;
  const bool reads = reads_edge_features(settings.model);
  settings.data.edge_features =
      reads ? prepared.edge_features.value_or(EdgeFeatures::standardise) : EdgeFeatures::ignore;
  if (reads) settings.model.options.insert_or_assign("edge-columns", prepared.data.edge_features.columns());
}

/// Nothing where the nodes kept their numbers, as before there was a choice.
std::optional<std::variant<Index, NodeOrder>> order_that_was_chosen(const Prepared& prepared) {
  if (prepared.order.empty()) return std::nullopt;
  return NodeOrder::communities;
}

}  // namespace

std::string complete(Settings& settings, const Problem& problem) {
  const Prepared& prepared = problem.prepared;
  settings.training.metric = metric_of(settings, prepared.data.label_kind);
  settings.data.task = prepared.data.label_kind;
  if (problem.features() < 1 && prepared.data.has_items())
    throw ValueError(prepared.data.name + ": the sequences have no features");
  if (problem.features() < 1)
    throw ValueError(prepared.data.name + ": the nodes have no features; --features degree makes some of the graph");
  settings.data.path = prepared.place;
  if (!prepared.data.has_items()) {
    settings.data.symmetrise = prepared.symmetrise;
    settings.data.loops = prepared.loops;
    settings.data.duplicates = prepared.duplicates;
    settings.data.largest_component = prepared.largest_component;
    complete_edge_features(settings, prepared);
  }
  if (chooses_order(settings.data)) settings.data.reorder = order_that_was_chosen(prepared);
  if (prepared.validation_share > 0) settings.data.validation_share = prepared.validation_share;
  settings.data.normalise_features = prepared.normalise_features;
  settings.data.standardise_features = prepared.standardise_features;
  settings.model = completed(settings.model, problem.features(), problem.classes());
  return limit_landmarks(settings.model, prepared.data);
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

}  // namespace mercer
