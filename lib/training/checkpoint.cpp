#include "mercer/training/checkpoint.hpp"

#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/training/tensor_file.hpp"
#include "training/named_tensors.hpp"

namespace mercer {
namespace {

std::string sizes(const std::vector<Index>& shape) {
  std::string text = "[";
  for (std::size_t n = 0; n < shape.size(); ++n)
    text += (n == 0 ? "" : ", ") + std::to_string(shape[n]);
  return text + "]";
}

/// "; missing a, b and 7 more"; empty without names.
std::string list(const char* what, const std::vector<std::string>& names) {
  constexpr std::size_t shown = 5;
  std::string text;
  for (std::size_t n = 0; n < names.size() && n < shown; ++n)
    text += (n == 0 ? std::string("; ") + what + " " : ", ") + names[n];
  if (names.size() > shown) text += " and " + std::to_string(names.size() - shown) + " more";
  return text;
}

/// The differences in names and shapes between the file and the parameters; empty when there are none.
std::string differences(const TensorFile& file, const Parameters& parameters) {
  std::vector<std::string> missing, unexpected, shapes;
  std::map<std::string, Index> wanted;
  for (const auto& [name, variable, decays, penalty] : parameters) {
    wanted.emplace(name, 0);
    const auto stored = file.tensors.find(name);
    if (stored == file.tensors.end())
      missing.push_back(in_quotes(name));
    else if (const std::vector<Index> want{variable.rows(), variable.columns()}; stored->second.shape != want)
      shapes.push_back(in_quotes(name) + " " + sizes(stored->second.shape) + ", want " + sizes(want));
  }
  for (const auto& [name, x] : file.tensors)
    if (!wanted.contains(name)) unexpected.push_back(in_quotes(name));
  return list("missing", missing) + list("not expected", unexpected) + list("of another shape", shapes);
}

Parameters joined(Parameters parameters, const Parameters& buffers) {
  parameters.insert(parameters.end(), buffers.begin(), buffers.end());
  return parameters;
}

}  // namespace

void save_parameters(const std::filesystem::path& path, const Parameters& parameters, const Parameters& buffers,
                     const std::map<std::string, std::string>& metadata) {
  const Parameters all = joined(parameters, buffers);
  require_distinct_names(all, "save_parameters");
  TensorFile file;
  file.metadata = metadata;
  for (const Parameter& p : all)
    file.tensors.emplace(p.name, StoredTensor::from(p.variable.value()));
  save_tensors(path, file);
}

void set_parameters(const Parameters& parameters, const TensorFile& file, const std::string& source) {
  require_distinct_names(parameters, "set_parameters");
  if (const std::string found = differences(file, parameters); !found.empty())
    throw FileError(source + ": the checkpoint of another model" + found);
  std::vector<Tensor> values;
  for (const Parameter& p : parameters)
    values.push_back(file.tensors.at(p.name).to_tensor().to(p.variable.device()));
  // from here on nothing can fail
  for (std::size_t n = 0; n < parameters.size(); ++n) {
    Variable x = parameters[n].variable;
    x.mutable_value() = std::move(values[n]);
  }
}

std::map<std::string, std::string> load_parameters(const std::filesystem::path& path, const Parameters& parameters,
                                                   const Parameters& buffers) {
  TensorFile file = load_tensors(path);
  set_parameters(joined(parameters, buffers), file, path.string());
  return std::move(file.metadata);
}

}  // namespace mercer
