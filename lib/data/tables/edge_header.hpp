#pragma once

#include <functional>
#include <string_view>

#include "data/files/text_table.hpp"

/// The first row of a table of edges: a header or an edge.
namespace mercer {

/// What a first row is.
enum class FirstRow { header, edge, edge_or_header };

/// A row of a header has no ids in the places of the ends. 0, 1, 2 … is the header that pandas writes, with separators,
/// unless the rows below are like it, as in a list of weighted edges.
FirstRow kind_of_first(TextTable& table, const std::function<bool(std::string_view)>& is_id, bool counted);

/// Does a row name both ends of an edge?
bool names_ends(const Fields& names);

/// Does a word of the first row's ends stand as an end of a row below it, too? Then it is a node.
bool first_ends_occur_again(TextTable& table);

/// Throws FileError at a dictionary of Python's behind the ends, as networkx writes it: 0 1 {'weight': 4}.
void refuse_dictionary(TextTable& table, const Fields& first);

}  // namespace mercer
