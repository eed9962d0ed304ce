#include "mercer/experiment/trained_model.hpp"

#include <algorithm>
#include <charconv>
#include <new>
#include <span>
#include <utility>
#include <variant>

#include "experiment/options_json.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/memory_limit.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/base/whole_file.hpp"
#include "mercer/experiment/match.hpp"
#include "mercer/experiment/node_order.hpp"
#include "mercer/training/checkpoint.hpp"
#include "mercer/training/tensor_file.hpp"

namespace mercer {

namespace {

namespace fs = std::filesystem;

constexpr const char* model_format = "mercer model 2";
constexpr const char *parts_name = "split.parts", *keys_name = "split.names";

fs::path model_file(const fs::path& folder) { return folder / "model.safetensors"; }

/// Parameters, then buffers.
Parameters values_of(const Model& model) {
  Parameters values = model.parameters;
  values.insert(values.end(), model.buffers.begin(), model.buffers.end());
  return values;
}

Variable row_of(const std::vector<Real>& values) {
  return Variable(Tensor::from(1, std::ssize(values), std::span<const Real>(values)));
}

/// The features of an edge that the model reads.
Index edge_columns(const ModelOptions& options) {
  return static_cast<Index>(options.number("edge-columns").value_or(0));
}

/// With the scales of the features, without the parts of the split.
Parameters values_of(const TrainedModel& trained) {
  Parameters values = values_of(trained.model);
  const auto add = [&](const std::string& of, const ColumnScales& scales) {
    if (scales.mean.empty()) return;
    values.push_back({of + ".mean", row_of(scales.mean)});
    values.push_back({of + ".scale", row_of(scales.scale)});
  };
  add("preparation", trained.scales);
  add("edges", trained.edge_scales);
  add("targets", trained.targets);
  return values;
}

/// Sets parameters, buffers and scales.
void set_values(TrainedModel& trained, const TensorFile& file, const std::string& source) {
  if (trained.data.standardise_features.value_or(false)) {
    const std::vector<Real> zeros(static_cast<std::size_t>(trained.features), 0);
    trained.scales = {zeros, zeros};
  }
  if (trained.data.edge_features == EdgeFeatures::standardise && edge_columns(trained.options) > 0) {
    const std::vector<Real> zeros(static_cast<std::size_t>(edge_columns(trained.options)), 0);
    trained.edge_scales = {zeros, zeros};
  }
  if (trained.data.task == LabelKind::real) {
    const std::vector<Real> zeros(trained.class_names.size(), 0);
    trained.targets = {zeros, zeros};
  }
  const Parameters values = values_of(trained);
  set_parameters(values, file, source);
  const auto taken = [](const Parameter& from) {
    const auto row = from.variable.value().values();
    return std::vector<Real>(row.begin(), row.end());
  };
  std::size_t end = values.size();
  for (ColumnScales* scales : {&trained.targets, &trained.edge_scales, &trained.scales})
    if (!scales->mean.empty()) {
      *scales = {taken(values[end - 2]), taken(values[end - 1])};
      end -= 2;
    }
}

std::vector<std::string> names_of(const Parameters& values) {
  std::vector<std::string> names;
  for (const Parameter& value : values)
    names.push_back(value.name);
  return names;
}

std::string description_of(const TrainedModel& t) {
  Json json{{"options", json_of(t.options)},
            {"training", json_of(t.training)},
            {"data", json_of(t.data)},
            {"seed", t.seed},
            {"fingerprint", json_of(t.fingerprint)},
            {"features", t.features},
            {"classes", t.class_names},
            {"feature_names", t.feature_names},
            {"buffers", names_of(t.model.buffers)}};
  if (!t.edge_feature_names.empty()) json["edge_feature_names"] = t.edge_feature_names;
  if (t.first_index) json["first_index"] = *t.first_index;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Throws FileError unless the file is of this format.
const std::string& description_in(const TensorFile& file, const fs::path& path) {
  const auto format = file.metadata.find("format");
  const std::string found = format == file.metadata.end() ? "no format" : format->second;
  if (found == "mercer model 1")
    throw FileError(path.string() + ": got mercer model 1, want " + model_format +
                    ": files of format 1 can't be read any more; train the model again, by the command that "
                    "model.json beside it holds");
  if (found != model_format)
    throw FileError(path.string() + ": __metadata__: got " + shortened(printable(found), 60) + ", want format " +
                    model_format + ", as mercer train --out or save_model writes it");
  const auto model = file.metadata.find("model");
  if (model == file.metadata.end()) throw FileError(path.string() + ": __metadata__ has no model");
  return model->second;
}

/// The trained model without its parameters. Throws ValueError.
TrainedModel described(const Json& json) {
  require_known(json, {"options", "training", "data", "seed", "fingerprint", "features", "classes", "feature_names",
                       "buffers", "first_index", "edge_feature_names"});
  TrainedModel t{.options = model_from(part(json, "options")),
                 .training = training_from(part(json, "training")),
                 .data = data_from(part(json, "data")),
                 .seed = member<std::uint64_t>(json, "seed"),
                 .fingerprint = fingerprint_from(part(json, "fingerprint")),
                 .features = member<Index>(json, "features"),
                 .class_names = texts(json, "classes"),
                 .feature_names = texts(json, "feature_names")};
  require(t.feature_names.empty() || static_cast<Index>(t.feature_names.size()) == t.features, "feature_names",
          "want one for each feature, or none");
  if (json.contains("edge_feature_names")) t.edge_feature_names = texts(json, "edge_feature_names");
  require(t.edge_feature_names.empty() || std::ssize(t.edge_feature_names) == edge_columns(t.options),
          "edge_feature_names", "want one for each of the edge-columns, or none");
  if (json.contains("first_index")) t.first_index = member<Index>(json, "first_index");
  return t;
}

/// Compares the sizes of options and tensors before the model is built, because a wrong file could ask for any size.
void check_sizes(const TensorFile& file, const TrainedModel& t) {
  Index largest = 0, numbers = 0;
  for (const auto& [name, tensor] : file.tensors) {
    Index size = 1;
    for (const Index extent : tensor.shape) {
      largest = std::max(largest, extent);
      size *= extent;
    }
    numbers += size;
  }
  const auto fits = [&](const char* what, double got) {
    require(got <= static_cast<double>(largest), what, "are more than any tensor has");
  };
  const auto of = [&](const char* option) { return t.options.number(option).value_or(1); };
  if (t.options.number("layers").value_or(2) > 1)  // a single layer is the output layer
    fits("hidden × heads", of("hidden") * of("heads"));
  fits("classes × output-heads", static_cast<double>(t.class_names.size()) * of("output-heads"));
  fits("features", static_cast<double>(t.features));
  fits("edge-columns", static_cast<double>(edge_columns(t.options)));
  require(of("layers") <= static_cast<double>(numbers), "layers", "are more than the numbers");
}

/// Builds the model in a small multiple of the memory of its file, because a wrong description could ask for any.
Model built(const TrainedModel& t, const TensorFile& file) {
  std::size_t bytes = std::size_t{64} << 20;
  for (const auto& [name, tensor] : file.tensors)
    bytes += 8 * std::visit([](const auto& values) { return std::as_bytes(std::span(values)).size(); }, tensor.values);
  const MemoryLimit limit(bytes);
  try {
    return build_model(t.options, t.features, static_cast<Index>(t.class_names.size()), t.seed);
  } catch (const std::bad_alloc&) {
    throw ValueError("[options] ask for more numbers than the tensors hold");
  }
}

bool chooses_split(const DataChoice& choice) {
  return choice.split || choice.split_random || choice.split_seed || choice.validation_share;
}

/// Do the data have the given split that the model was trained with, and lack its validation part where one was drawn?
bool has_split(const Dataset& data, const DataChoice& trained) {
  const std::string& number = *trained.split;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
  const bool is_drawn = trained.split_seed || trained.validation_share.value_or(0) > 0;
  const auto lacks = [](const Split& split) { return split.validation.empty(); };
  return error == std::errc() && index < data.splits.size() && (!is_drawn || std::ranges::all_of(data.splits, lacks));
}

/// What data have in common with those that the model was trained on.
struct Kinship {
  bool nodes = false;  // whatever changed of them
  bool place = false;  // or the nodes
  bool split = false;  // the model's can be read or drawn
};

Kinship kinship_of(const Dataset& data, const Fingerprint& source, const DataChoice& choice,
                   const TrainedModel& trained) {
  Kinship same{.nodes = was_trained_on(trained, source, choice.path)};
  same.place = same.nodes || (!choice.path.empty() && choice.path == trained.data.path);
  const bool is_given = trained.data.split && !trained.data.split_random;
  const bool is_drawn = !is_given || trained.data.validation_share.value_or(0) > 0;
  same.split = (is_drawn ? same.nodes : same.place) && (!is_given || has_split(data, trained.data));
  return same;
}

/// The split by the parts that the examples had in the model's training.
Split split_by(const SplitParts& parts, const Prepared& prepared) {
  SplitParts here;
  for (Index i = 0; i < prepared.data.examples(); ++i) {
    const auto number = static_cast<std::size_t>(prepared.source_node(i));
    here.push_back(number < parts.size() ? parts[number] : SplitPart::none);
  }
  return split_of(here, prepared.data.labels);
}

/// Is that the plan's split, of the examples that have a label?
bool draws(const Prepared& prepared, const TrainedModel& trained, const Split& split) {
  const auto same = [&](std::vector<Node> a, std::vector<Node> b) {
    std::erase_if(a, [&](Node i) { return prepared.data.labels[static_cast<std::size_t>(i)] < 0; });
    std::ranges::sort(a);
    std::ranges::sort(b);
    return a == b;
  };
  try {
    const Split drawn = split_of(prepared, trained.seed, 0).split;
    return same(drawn.train, split.train) && same(drawn.validation, split.validation) && same(drawn.test, split.test);
  } catch (const ValueError&) {  // of labels that changed it can't be drawn
    return false;
  }
}

/// Takes the split of the model's training where the plan's is another one; `moved`: the nodes are in another order.
void keep_split(Prepared& prepared, const TrainedModel& trained, bool moved) {
  Split split = split_by(trained.parts, prepared);
  const bool has_labels = !split.train.empty() || !split.validation.empty() || !split.test.empty();
  if (has_labels && draws(prepared, trained, split)) return;
  Dataset& data = prepared.data;
  data.notes.push_back(note_of_parts(trained.parts, prepared, moved));
  data.splits = {std::move(split)};
  std::erase(prepared.notes, prepared.plan.why);
  prepared.plan = {.of_model = true};
  prepared.validation_share = 0;
}

/// The choices completed by the model's; those that only fit the training data are not taken over for another graph.
DataChoice completed(const DataChoice& choice, DataChoice described, const Kinship& same) {
  const bool of_folds = described.split_random.value_or("").starts_with("folds");
  if (!same.split || choice.split || choice.split_random) described.split.reset();
  if (choice.validation_share == 0.0) described.split_seed.reset();  // nothing is drawn then
  const bool gives_way = described.split_random && (choice.validation_share || (choice.split && !of_folds));
  if (!same.split || choice.split_random || gives_way) {
    described.split_random.reset();
    described.split_seed.reset();
  }
  if (!same.split || choice.split_random) described.validation_share.reset();
  if (!same.place) {
    described.largest_component.reset();
    described.reorder.reset();
  }
  OptionValues values = option_values(described);
  for (const auto& [name, value] : option_values(choice))
    values.insert_or_assign(name, value);
  DataChoice whole{.data = choice.data, .path = choice.path};
  options_of(whole).assign(values, "data", "the preparation");
  return whole;
}

}  // namespace

TrainedModel trained_model(const Problem& problem, const Settings& settings, const SeedRun& run) {
  const Prepared& prepared = problem.prepared;
  TrainedModel t{.options = run.options,
                 .training = settings.training,
                 .data = settings.data,
                 .seed = run.result.seed,
                 .fingerprint = prepared.source,
                 .features = problem.features(),
                 .first_index = prepared.data.first_index,
                 .class_names = prepared.data.class_names,
                 .feature_names = prepared.data.feature_names,
                 .scales = run.scales.mean.empty() ? prepared.scales : run.scales,
                 .targets = run.targets,
                 .model = run.model};
  if (prepared.data.label_kind == LabelKind::real && t.targets.mean.empty())  // an imported model's outputs
    t.targets = {std::vector<Real>(t.class_names.size(), 0), std::vector<Real>(t.class_names.size(), 1)};
  using Kind = SplitPlan::Kind;
  const Kind kind = prepared.plan.kind;
  if (edge_columns(t.options) > 0) {
    t.edge_feature_names = prepared.data.edge_feature_names;
    t.edge_scales = prepared.edge_scales;
  }
  t.data.split = kind == Kind::random ? std::nullopt : std::optional(std::to_string(run.result.split));
  t.data.split_random =
      kind == Kind::random || kind == Kind::folds ? std::optional(prepared.plan.random) : std::nullopt;
  if (prepared.plan.seed) t.data.split_seed = prepared.plan.seed;
  if (!run.split.train.empty()) {  // of an imported model it is not known
    t.parts = parts_of(prepared, run.split);
    t.node_keys = prepared.source_keys;
  }
  return t;
}

bool was_trained_on(const TrainedModel& trained, const Fingerprint& source, const std::string& place) {
  if (same_nodes(trained.fingerprint, source)) return true;
  return !place.empty() && place == trained.data.path && source.nodes == trained.fingerprint.nodes;
}

void save_model(const fs::path& folder, const TrainedModel& trained) {
  require(!trained.options.name.empty() && !trained.class_names.empty(), "save_model",
          "got no name of a model or no classes, want a model of build_model with its options and class_names: "
          "load_model builds it anew; save_parameters writes the tensors of any other model");
  make_folder(folder);
  Parameters values = values_of(trained);
  if (!trained.parts.empty()) values.push_back({parts_name, Variable(packed(trained.parts))});
  if (!trained.node_keys.empty()) values.push_back({keys_name, Variable(packed(trained.node_keys))});
  save_parameters(model_file(folder), values, {}, {{"format", model_format}, {"model", description_of(trained)}});
}

bool holds_model(const fs::path& folder) {
  try {
    return load_metadata(model_file(folder))["format"].starts_with("mercer model ");
  } catch (const FileError&) {
    return false;
  }
}

TrainedModel load_model(const fs::path& folder) {
  std::error_code ignored;
  if (fs::is_regular_file(folder, ignored))
    throw FileError(folder.string() + ": is a file, want the folder of a model, in which model.safetensors is");
  const fs::path path = model_file(folder);
  TensorFile file = load_tensors(path);
  const std::string description = description_in(file, path);
  return understood(path.string() + ": __metadata__: model", [&] {
    const Json json = parsed_json(description);
    TrainedModel trained = described(json);
    if (const auto parts = file.tensors.extract(parts_name)) trained.parts = unpacked(parts.mapped());
    if (const auto keys = file.tensors.extract(keys_name)) trained.node_keys = unpacked_keys(keys.mapped());
    check_sizes(file, trained);
    trained.model = built(trained, file);
    require(texts(json, "buffers") == names_of(trained.model.buffers), "buffers", "are not those of the model");
    set_values(trained, file, path.string());
    return trained;
  });
}

Problem problem_for(const TrainedModel& saved, Dataset data, const Machine& machine, DataChoice choice) {
  const TrainedModel trained = in_order_of(saved, data);
  const bool moved = trained.node_keys != saved.node_keys;
  return problem_in_order(trained, moved, std::move(data), machine, std::move(choice));
}

Problem problem_in_order(const TrainedModel& trained, bool moved, Dataset data, const Machine& machine,
                         DataChoice choice) {
  check_fit(data, trained.options);
  const Fingerprint source = fingerprint(data);
  const Kinship same = kinship_of(data, source, choice, trained);
  const bool keeps = same.nodes && !chooses_split(choice) && !trained.parts.empty();
  const bool chose_direction = choice.symmetrise.has_value();
  choice = completed(choice, trained.data, same);
  require(
      edge_columns(trained.options) > 0 || choice.edge_features.value_or(EdgeFeatures::ignore) == EdgeFeatures::ignore,
      "edge-features", "the model reads no features of edges: it was trained without them, want none here");
  require(!trained.data.task || choice.task == trained.data.task, "task",
          "got " + std::string(name_of(choice.task.value_or(LabelKind::classes), task_choices)) +
              ", the model learned " + name_of(trained.data.task.value_or(LabelKind::classes), task_choices));
  require(!choice.positive || trained.class_names.size() != 2 || trained.class_names.back() == *choice.positive,
          "positive",
          "got " + in_quotes(choice.positive.value_or("")) + ", the model learned with " +
              in_quotes(trained.class_names.back()) + " as the positive class: leave it out, or train anew");
  data = matched(with_task(std::move(data), choice.task), trained);
  if (!chose_direction) note_direction(data, trained, same.place);
  const bool by_node = choice.features == NodeFeatures::identity;
  const std::vector<std::string> columns = by_node ? own_feature_names(trained) : std::vector<std::string>{};
  Prepared prepared = prepare(std::move(data), choice, trained.scales.mean.empty() ? nullptr : &trained.scales,
                              trained.edge_scales.mean.empty() ? nullptr : &trained.edge_scales, columns);
  if (const Index got = prepared.data.feature_count(); got != trained.features)
    throw ValueError(prepared.data.name + ": got " + std::to_string(got) + " features, the model wants " +
                     std::to_string(trained.features) +
                     (choice.features == NodeFeatures::identity
                          ? ": its features are a column for each node of the graph that it was trained on"
                          : ""));
  if (by_node && (!same.nodes || moved)) note_columns_by_number(prepared.data, columns);
  prepared.source = source;
  prepared.place = choice.path;
  if (keeps) keep_split(prepared, trained, moved);
  return Problem(std::move(prepared), trained.options, machine);
}

}  // namespace mercer
