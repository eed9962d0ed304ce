#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace mercer {

/// The fewest edits (insert, remove, replace, swap two neighbours) that turn `a` into `b`: optimal string alignment.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `known` that has the smallest edit distance from `name`, large letters counting as small ones; the first
/// of several, empty when more than half of the longer name would change.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// The end of an error message about `name`: "did you mean gatv2? " when a name is near, then "known: gat, gatv2".
std::string suggest(std::string_view name, std::span<const std::string> known);

}  // namespace mercer
