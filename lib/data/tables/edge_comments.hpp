#pragma once

#include <string>
#include <string_view>

/// What comments of a table of edges say.
namespace mercer {

/// Do edges mean one way only? Bipartite ones lead from nodes of one kind to those of another.
enum class Says { nothing, directed, undirected, both, bipartite };

/// By the words directed, digraph and undirected where they are said of the graph ("directed: yes", not "who directed
/// films"), which `not` before or `false` behind turns round; and by KONECT's first line, "asym unweighted".
Says directions_in(std::string_view comment);

/// Does a comment such as "nodes are counted from 0" say the first number, or KONECT's first line, whose nodes are
/// counted from 1? 0 or 1; −1 for others.
int counted_from(std::string_view comment);

}  // namespace mercer
