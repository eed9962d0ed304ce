#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mercer {

/// The fewest edits (insert, remove, replace, swap two neighbours) that turn `a` into `b`: optimal string alignment.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `known` that has the smallest edit distance from `name`, large letters counting as small ones; the first
/// of several, empty when more than a third of the longer name would change.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// Up to `most` of those that are as near as that one; without any, of those that begin with `name`.
std::vector<std::string> nearest_names(std::string_view name, std::span<const std::string> known, std::size_t most);

/// "gat", "gat or gatv2", "gat, gatv2 or gcn".
std::string one_of_these(std::span<const std::string> names);

/// The end of an error message about `name`: "did you mean gatv2? " when names are near, then "known: gat, gatv2"; of
/// more than a dozen `all`, which says where they are listed, as "mercer models lists all", unless it is empty.
std::string suggest(std::string_view name, std::span<const std::string> known, std::string_view all = {});

}  // namespace mercer
