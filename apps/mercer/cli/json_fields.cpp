#include "cli/json_fields.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace mercer::program {

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

const Json& part(const Json& object, const std::string& name) {
  require(object.is_object() && object.contains(name) && object.at(name).is_structured(), name.c_str(), "is missing");
  return object.at(name);
}

std::vector<std::string> texts(const Json& object, const std::string& name) {
  std::vector<std::string> list;
  for (const Json& item : part(object, name))
    list.push_back(value_from<std::string>(item, name));
  return list;
}

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

Json read_json(const std::filesystem::path& file, std::uintmax_t limit) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error) throw FileError(file.string() + ": can't be read: " + error.message());
  if (size > limit)
    throw FileError(file.string() + ": got " + std::to_string(size) + " bytes, want at most " + std::to_string(limit));
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& failure) {
    throw FileError(file.string() + ": byte " + std::to_string(failure.byte) + ": want JSON: " + failure.what());
  }
}

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace mercer::program
