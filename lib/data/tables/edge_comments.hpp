#pragma once

#include <string>
#include <string_view>

/// What comments of a table of edges say.
namespace mercer {

/// Do edges mean one way only?
enum class Says { nothing, directed, undirected, both };

/// By the words directed, digraph and undirected, which `not` before or `false` behind turns round.
Says directions_in(std::string_view comment);

/// Does a comment such as "nodes are counted from 0" say the first number? 0 or 1; −1 for others.
int counted_from(std::string_view comment);

}  // namespace mercer
