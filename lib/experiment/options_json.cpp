#include "experiment/options_json.hpp"

#include <string_view>
#include <type_traits>

namespace mercer {

namespace {

/// Walks the options of a choice.
template <class Visit>
void walk(auto&& data, Visit&& visit) requires(std::is_same_v<std::remove_cvref_t<decltype(data)>, DataChoice>) {
  for_each_data_option(data, visit);
}

template <class Visit>
void walk(auto&& options,
          Visit&& visit) requires(std::is_same_v<std::remove_cvref_t<decltype(options)>, ModelOptions>) {
  for_each_option(options, visit);
}

template <class Visit>
void walk(auto&& choice,
          Visit&& visit) requires(std::is_same_v<std::remove_cvref_t<decltype(choice)>, TrainingChoice>) {
  for_each_training_option(choice, visit);
}

template <class Choice>
void write_fields(const Choice& choice, Json& json) {
  walk(choice, [&](const char* name, const auto& field, const char*) {
    if (field) json[name] = *field;
  });
}

/// `first` is the member that isn't an option.
template <class Choice>
void read_fields(const Json& json, const std::string& first, Choice& choice) {
  std::size_t known = first.empty() ? 0 : 1;
  walk(choice, [&](const char* name, auto& field, const char*) {
    using T = typename std::remove_cvref_t<decltype(field)>::value_type;
    if (!json.contains(name)) return;
    field = value_from<T>(json.at(name), name);
    ++known;
  });
  if (known == json.size()) return;
  for (auto item = json.begin(); item != json.end(); ++item) {
    bool found = item.key() == first;
    walk(choice, [&](std::string_view option, auto&, const char*) { found = found || option == item.key(); });
    require(found, item.key().c_str(), "is not known to this version");
  }
}

}  // namespace

Json json_of(const ModelOptions& options) {
  Json json{{"name", options.name}};
  write_fields(options, json);
  return json;
}

Json json_of(const TrainingChoice& training) {
  Json json = Json::object();
  write_fields(training, json);
  return json;
}

Json json_of(const DataChoice& data) {
  Json json{{"name", data.data}};
  write_fields(data, json);
  return json;
}

ModelOptions model_from(const Json& json) {
  ModelOptions options;
  options.name = member<std::string>(json, "name");
  read_fields(json, "name", options);
  return options;
}

TrainingChoice training_from(const Json& json) {
  TrainingChoice training;
  read_fields(json, "", training);
  return training;
}

DataChoice data_from(const Json& json) {
  DataChoice data;
  data.data = member<std::string>(json, "name");
  read_fields(json, "name", data);
  return data;
}

Json json_of(const Fingerprint& f) {
  return {{"nodes", f.nodes},
          {"edges", f.edges},
          {"features", f.features},
          {"graph", f.graph},
          {"feature_values", f.feature_values},
          {"labels", f.labels}};
}

Fingerprint fingerprint_from(const Json& json) {
  return {.nodes = member<Index>(json, "nodes"),
          .edges = member<Edge>(json, "edges"),
          .features = member<Index>(json, "features"),
          .graph = member<std::uint64_t>(json, "graph"),
          .feature_values = member<std::uint64_t>(json, "feature_values"),
          .labels = member<std::uint64_t>(json, "labels")};
}

}  // namespace mercer
