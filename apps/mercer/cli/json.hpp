#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace mercer::program {

using Json = nlohmann::ordered_json;

/// Indented JSON with a line break at the end. Invalid UTF-8 is replaced.
inline std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace mercer::program
