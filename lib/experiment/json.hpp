#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "mercer/base/check.hpp"

/// Reading JSON with checked types, and JSON files.
namespace mercer {

using Json = nlohmann::ordered_json;

/// Throws ValueError when the value isn't of type T. Null is a NaN.
template <class T>
T value_from(const Json& json, const std::string& name) {
  if constexpr (std::is_same_v<T, bool>) {
    require(json.is_boolean(), name.c_str(), "want true or false");
  } else if constexpr (std::is_integral_v<T>) {
    require(json.is_number_integer(), name.c_str(), "want a whole number");
    require(json.is_number_unsigned() || std::is_signed_v<T>, name.c_str(), "want no negative number");
    if constexpr (sizeof(T) < sizeof(std::int64_t))
      require(json.get<std::int64_t>() <= std::numeric_limits<T>::max() &&
                  json.get<std::int64_t>() >= std::numeric_limits<T>::min(),
              name.c_str(), "the number is too large");
  } else if constexpr (std::is_floating_point_v<T>) {
    if (json.is_null()) return std::numeric_limits<T>::quiet_NaN();
    require(json.is_number(), name.c_str(), "want a number");
  } else {
    require(json.is_string(), name.c_str(), "want a text");
  }
  return json.get<T>();
}

/// A required member. Throws ValueError.
template <class T>
T member(const Json& object, const std::string& name) {
  require(object.is_object() && object.contains(name), name.c_str(), "is missing");
  return value_from<T>(object.at(name), name);
}
const Json& part(const Json& object, const std::string& name);  // an object or a list
std::vector<std::string> texts(const Json& object, const std::string& name);

/// The JSON of a file of at most `limit` bytes. Throws FileError.
Json read_json(const std::filesystem::path& file, std::uintmax_t limit);

/// "training/epochs: was 100, is 50; …": up to three differences of two texts; empty when there is none.
std::string difference(const Json& before, const Json& now);

/// Indented JSON with a line break at the end. Invalid UTF-8 is replaced.
std::string text_of(const Json& json);

}  // namespace mercer
