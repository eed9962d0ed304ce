#include "mercer/experiment/trained_model.hpp"

#include <algorithm>
#include <utility>

#include "experiment/options_json.hpp"
#include "mercer/base/check.hpp"
#include "mercer/training/checkpoint.hpp"
#include "mercer/training/tensor_file.hpp"

namespace mercer {

namespace {

namespace fs = std::filesystem;

constexpr const char* model_format = "mercer model 2";

fs::path model_file(const fs::path& folder) { return folder / "model.safetensors"; }

/// Parameters, then buffers.
Parameters values_of(const Model& model) {
  Parameters values = model.parameters;
  values.insert(values.end(), model.buffers.begin(), model.buffers.end());
  return values;
}

std::vector<std::string> names_of(const Parameters& values) {
  std::vector<std::string> names;
  for (const Parameter& value : values)
    names.push_back(value.name);
  return names;
}

std::string description_of(const TrainedModel& t) {
  const Json json{{"options", json_of(t.options)},
                  {"training", json_of(t.training)},
                  {"data", json_of(t.data)},
                  {"seed", t.seed},
                  {"fingerprint", json_of(t.fingerprint)},
                  {"features", t.features},
                  {"classes", t.class_names},
                  {"feature_names", t.feature_names},
                  {"buffers", names_of(t.model.buffers)}};
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
    throw FileError(path.string() + ": __metadata__: got " + found + ", want format " + model_format +
                    ", as mercer train --out or save_model writes it");
  const auto model = file.metadata.find("model");
  if (model == file.metadata.end()) throw FileError(path.string() + ": __metadata__ has no model");
  return model->second;
}

/// The trained model without its parameters. Throws ValueError, Json::exception.
TrainedModel described(const std::string& text) {
  const Json json = Json::parse(text);
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
  require(of("layers") <= static_cast<double>(numbers), "layers", "are more than the numbers");
}

/// Removes choices that only fit the training data.
DataChoice for_other_data(DataChoice choice) {
  choice.largest_component.reset();
  choice.reorder.reset();
  choice.split.reset();
  choice.split_random.reset();
  return choice;
}

}  // namespace

TrainedModel trained_model(const Problem& problem, const Settings& settings, const SeedRun& run) {
  const Prepared& prepared = problem.prepared;
  TrainedModel t{.options = settings.model,
                 .training = settings.training,
                 .data = settings.data,
                 .seed = run.result.seed,
                 .fingerprint = prepared.source,
                 .features = problem.features(),
                 .class_names = prepared.data.class_names,
                 .feature_names = prepared.data.feature_names,
                 .model = run.model};
  const bool random = prepared.plan.kind == SplitPlan::Kind::random;
  t.data.split = random ? std::nullopt : std::optional(std::to_string(run.result.split));
  t.data.split_random = random ? std::optional(prepared.plan.random) : std::nullopt;
  return t;
}

void save_model(const fs::path& folder, const TrainedModel& trained) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw FileError(folder.string() + ": the folder can't be made: " + error.message());
  save_parameters(model_file(folder), values_of(trained.model),
                  {{"format", model_format}, {"model", description_of(trained)}});
}

TrainedModel load_model(const fs::path& folder) {
  const fs::path path = model_file(folder);
  const TensorFile file = load_tensors(path);
  const std::string& description = description_in(file, path);
  try {
    TrainedModel trained = described(description);
    check_sizes(file, trained);
    trained.model =
        build_model(trained.options, trained.features, static_cast<Index>(trained.class_names.size()), trained.seed);
    require(texts(Json::parse(description), "buffers") == names_of(trained.model.buffers), "buffers",
            "are not those of the model");
    set_parameters(values_of(trained.model), file, path.string());
    return trained;
  } catch (const std::invalid_argument& error) {
    throw FileError(path.string() + ": __metadata__: model: " + error.what());
  } catch (const Json::exception& error) {
    throw FileError(path.string() + ": __metadata__: model: want JSON: " + error.what());
  }
}

void check_features(const TrainedModel& trained, const Dataset& data) {
  if (data.feature_count() != trained.features)
    throw ValueError(data.name + ": the nodes have " + std::to_string(data.feature_count()) +
                     " features, the model wants " + std::to_string(trained.features));
  if (data.feature_names.empty() || trained.feature_names.empty()) return;
  const auto [mine, theirs] = std::ranges::mismatch(trained.feature_names, data.feature_names);
  if (mine != trained.feature_names.end())
    throw ValueError(data.name + ": feature " + std::to_string(mine - trained.feature_names.begin()) + " is " +
                     *theirs + ", the model wants " + *mine);
}

Problem problem_for(const TrainedModel& trained, Dataset data, const Machine& machine) {
  check_features(trained, data);
  const bool same = fingerprint(data) == trained.fingerprint;
  return Problem(prepare(std::move(data), same ? trained.data : for_other_data(trained.data)), trained.options,
                 machine);
}

}  // namespace mercer
