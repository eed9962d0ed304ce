#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mercer {

/// The one of `known` that takes the fewest edits (insert, remove, replace, swap two neighbours) to reach from
/// `name`; the first of several, empty when more than half of the longer name would change.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// "did you mean gatv2? " when a name is near, then "known: gat, gatv2": the end of a message about `name`.
std::string suggest(std::string_view name, std::span<const std::string> known);

}  // namespace mercer
