#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
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
    const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>())
                                                : std::in_range<T>(json.get<std::int64_t>());
    require(fits, name.c_str(), "the number is too large");
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

/// Throws ValueError for a member that is not among `known`.
void require_known(const Json& object, const std::vector<std::string_view>& known);

/// Text as JSON. At most 32 levels and 256 members an object, none of them twice, so that no text takes more time or
/// stack than its length allows. Throws ValueError.
Json parsed_json(const std::string& text);

/// The JSON of a file of at most `limit` bytes. Throws FileError.
Json read_json(const std::filesystem::path& file, std::uintmax_t limit);

/// Throws FileError "SOURCE: what", `what` being shortened and printable.
[[noreturn]] void refuse_json(const std::string& source, const std::string& what);

/// understand(); what it refuses is refused as FileError with the name of the source.
template <class Understand>
auto understood(const std::string& source, Understand&& understand) {
  try {
    return understand();
  } catch (const std::invalid_argument& error) {
    refuse_json(source, error.what());
  } catch (const Json::exception&) {
    refuse_json(source, "want JSON as mercer writes it");
  }
}

/// "training/epochs: was 100, is 50; …": up to three differences of two texts; empty when there is none.
std::string difference(const Json& before, const Json& now);

/// Indented JSON with a line break at the end. Invalid UTF-8 is replaced.
std::string text_of(const Json& json);

}  // namespace mercer
