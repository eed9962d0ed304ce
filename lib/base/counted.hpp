#pragma once

#include <string>
#include <string_view>

#include "mercer/base/types.hpp"

/// Numbers of things in English.
namespace mercer {

/// 92373 → "92,373".
inline std::string grouped(Index number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

/// "node" of 1, "nodes" of others; "classes".
inline std::string noun(Index count, std::string_view thing) {
  return std::string(thing) + (count == 1 ? "" : thing.ends_with('s') ? "es" : "s");
}

/// "1 node", "2708 nodes".
inline std::string counted(Index count, std::string_view thing) {
  return std::to_string(count) + " " + noun(count, thing);
}

/// "1 node", "2,708 nodes".
inline std::string grouped(Index count, std::string_view thing) { return grouped(count) + " " + noun(count, thing); }

/// The verb behind such a number.
inline const char* has_or_have(Index count) { return count == 1 ? " has" : " have"; }
inline const char* is_or_are(Index count) { return count == 1 ? " is" : " are"; }

}  // namespace mercer
