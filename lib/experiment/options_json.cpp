#include "experiment/options_json.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "mercer/base/printable.hpp"

namespace mercer {

namespace {

void write(const OptionValues& values, Json& json) {
  for (const auto& [name, value] : values)
    std::visit([&, &option = name](const auto& held) { json[option] = held; }, value.held());
}

OptionValue value_of(const Json& json, const std::string& name) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return value_from<Index>(json, name);
  if (json.is_number()) return json.get<double>();
  return value_from<std::string>(json, name);
}

/// All members but `others`, which are no options.
OptionValues read(const Json& json, std::initializer_list<std::string_view> others) {
  require(json.is_object(), "options", "want an object");
  OptionValues values;
  for (auto item = json.begin(); item != json.end(); ++item)
    if (std::ranges::find(others, item.key()) == others.end())
      values.insert_or_assign(item.key(), value_of(item.value(), item.key()));
  return values;
}

}  // namespace

Json json_of(const ModelOptions& options) {
  Json json{{"name", options.name}};
  write(options.options, json);
  return json;
}

Json json_of(const TrainingChoice& training) {
  Json json = Json::object();
  write(option_values(training), json);
  return json;
}

Json json_of(const DataChoice& data) {
  Json json{{"name", data.data}};
  if (!data.path.empty()) json["path"] = data.path;
  write(option_values(data), json);
  return json;
}

ModelOptions model_from(const Json& json) {
  ModelOptions options{.name = member<std::string>(json, "name"), .options = read(json, {"name"})};
  const DeclaredOptions declared = options_of_model(options.name);
  for (auto& [name, value] : options.options) {
    const OptionDeclaration* option = declared.find(name);
    require(option != nullptr, "options", options.name + " has no option " + in_quotes(name));
    value = option->checked(value);
  }
  return options;
}

TrainingChoice training_from(const Json& json) {
  TrainingChoice training;
  options_of(training).assign(read(json, {}), "training", "it");
  return training;
}

DataChoice data_from(const Json& json) {
  DataChoice data{.data = member<std::string>(json, "name")};
  if (json.contains("path")) data.path = member<std::string>(json, "path");
  options_of(data).assign(read(json, {"name", "path"}), "data", data.data);
  return data;
}

Json json_of(const Fingerprint& f) {
  Json json{{"nodes", f.nodes},
            {"edges", f.edges},
            {"features", f.features},
            {"graph", f.graph},
            {"feature_values", f.feature_values},
            {"labels", f.labels},
            {"names", f.names},
            {"splits", f.splits},
            {"node_names", f.node_names}};
  if (f.directed) json["directed"] = *f.directed;
  return json;
}

Fingerprint fingerprint_from(const Json& json) {
  const auto if_known = [&](const char* name) {
    return json.contains(name) ? member<std::uint64_t>(json, name) : std::uint64_t{0};
  };
  require_known(json, {"nodes", "edges", "features", "graph", "feature_values", "labels", "names", "splits",
                       "node_names", "directed"});
  return {.nodes = member<Index>(json, "nodes"),
          .edges = member<Edge>(json, "edges"),
          .features = member<Index>(json, "features"),
          .graph = member<std::uint64_t>(json, "graph"),
          .feature_values = member<std::uint64_t>(json, "feature_values"),
          .labels = member<std::uint64_t>(json, "labels"),
          .names = if_known("names"),
          .splits = if_known("splits"),
          .node_names = if_known("node_names"),
          .directed = json.contains("directed") ? std::optional(member<bool>(json, "directed")) : std::nullopt};
}

}  // namespace mercer
