#include "experiment/json.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace mercer {

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

std::string difference(const Json& before, const Json& now) {
  const auto value_in = [](const Json& json, const Json::json_pointer& place) {
    return json.contains(place) ? json.at(place).dump() : std::string("not set");
  };
  std::string text;
  int shown = 0;
  for (const Json& change : Json::diff(before, now)) {
    const auto path = change.at("path").get<std::string>();
    if (++shown > 3) return text + "; and more";
    const Json::json_pointer place(path);
    text += (text.empty() ? "" : "; ") + path.substr(path.empty() ? 0 : 1) + ": was " + value_in(before, place) +
            ", is " + value_in(now, place);
  }
  return text;
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

}  // namespace mercer
