#include "train/model_folder.hpp"

#include <algorithm>

#include "cli/json_fields.hpp"
#include "cli/output.hpp"
#include "cli/version.hpp"
#include "mercer/base/check.hpp"
#include "mercer/training/checkpoint.hpp"
#include "mercer/training/tensor_file.hpp"

namespace mercer::program {

namespace {

constexpr const char* format = "mercer model 1";
constexpr std::uintmax_t largest_description = 64u << 20;

/// A description can ask for a model of any size; the tensors can't. So the sizes are compared before it is built.
void check_sizes(const std::filesystem::path& file, const ModelDescription& d) {
  Index largest = 0, numbers = 0;
  for (const auto& [name, tensor] : load_tensors(file).tensors) {
    Index size = 1;
    for (const Index extent : tensor.shape) {
      largest = std::max(largest, extent);
      size *= extent;
    }
    numbers += size;
  }
  const auto want = [&](const char* what, double got) {
    if (got > static_cast<double>(largest))
      throw FileError(file.string() + ": the description's " + what + " are more than any tensor has");
  };
  const auto of = [](const std::optional<Index>& field) { return static_cast<double>(field.value_or(1)); };
  if (d.model.layers.value_or(2) > 1)  // one layer is the output layer: nothing is hidden
    want("hidden × heads", of(d.model.hidden) * of(d.model.heads));
  want("classes × output-heads", static_cast<double>(d.class_names.size()) * of(d.model.output_heads));
  want("features", static_cast<double>(d.features));
  if (of(d.model.layers) > static_cast<double>(numbers))
    throw FileError(file.string() + ": the description's layers are more than the numbers");
}

}  // namespace

void save_model(const std::filesystem::path& folder, const ModelDescription& d, const Model& model) {
  const Json json{{"format", format},
                  {"version", version()},
                  {"command", d.command},
                  {"model", json_of(d.model)},
                  {"training", json_of(d.training)},
                  {"data", json_of(d.data)},
                  {"seed", d.seed},
                  {"nodes", d.nodes},
                  {"features", d.features},
                  {"classes", d.class_names}};
  save_parameters(folder / "model.safetensors", model.parameters,
                  {{"format", format},
                   {"model", d.model.name},
                   {"features", std::to_string(d.features)},
                   {"classes", std::to_string(d.class_names.size())}});
  write_whole(folder / "model.json", text_of(json));
}

ModelDescription load_description(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "model.json";
  const Json json = read_json(file, largest_description);
  try {
    const auto found = member<std::string>(json, "format");
    require(found == format, "format", "got " + found + ", want " + format);
    ModelDescription d;
    d.command = member<std::string>(json, "command");
    d.model = model_from(part(json, "model"));
    d.training = training_from(part(json, "training"));
    d.data = data_from(part(json, "data"));
    d.seed = member<std::uint64_t>(json, "seed");
    d.nodes = member<Index>(json, "nodes");
    d.features = member<Index>(json, "features");
    d.class_names = texts(json, "classes");
    return d;
  } catch (const ValueError& error) {
    throw FileError(file.string() + ": " + error.what());
  }
}

Model load_model(const std::filesystem::path& folder, const ModelDescription& d) {
  const std::filesystem::path file = folder / "model.safetensors";
  check_sizes(file, d);
  try {
    Model model = build_model(d.model, d.features, static_cast<Index>(d.class_names.size()), d.seed);
    load_parameters(file, model.parameters);
    return model;
  } catch (const std::invalid_argument& error) {
    throw FileError((folder / "model.json").string() + ": " + error.what());
  }
}

}  // namespace mercer::program
