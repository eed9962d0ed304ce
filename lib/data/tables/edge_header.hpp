#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "data/files/text_table.hpp"

/// The first row of a table of edges: a header or an edge.
namespace mercer {

/// What a first row is.
enum class FirstRow { header, edge, edge_or_header };

/// A row of a header has no ids in the places of the ends. 0, 1, 2 … is the header that pandas writes, with separators,
/// unless the rows below are like it, as in a list of weighted edges.
FirstRow kind_of_first(TextTable& table, const std::function<bool(std::string_view)>& is_id, bool counted);

/// Is a first row 0,1 with a comma, as pandas heads two columns without names? The rows below it decide.
bool is_counting_pair(const TextTable& table, const Fields& first);

/// A first line n m above lines of more fields, or n n m above others than three, as a matrix has its sizes: it may
/// count nodes and edges.
struct CountsAbove {
  std::int64_t nodes, edges;
  std::string fields;
  Index line;
};
std::optional<CountsAbove> counts_above(TextTable& table);

/// Does a comment hold two whole numbers, as an edge does, and numbers behind them?
bool holds_edge(std::string_view comment);

/// Does a row name both ends of an edge?
bool names_ends(const Fields& names);

/// What a first row of words is among rows of words: a header by the names of its columns, or where words stand above
/// numbers; but an edge where one of its ends is an end below it, too; either where neither is.
FirstRow first_of_words(TextTable& table);

/// Throws FileError at a dictionary of Python's behind the ends, as networkx writes it: 0 1 {'weight': 4}.
void refuse_dictionary(TextTable& table, const Fields& first);

/// Throws FileError at rows of three words, without a header, whose middle one looks like a relation: its words are
/// none of columns 1 and 3, and words of column 3 stand in column 1, too, or few words of column 2 in many lines. Looks
/// at the first thousand rows.
void refuse_triples(TextTable& table);

/// Throws FileError at rows without a header whose fields, cut at blanks, are parts of names: (0, 0) (0, 1), or one
/// word in column 2 for each of column 1, though in several rows. Looks at the first thousand rows.
void refuse_cut_names(TextTable& table);

/// Throws FileError at lines of DIMACS: p sp 3 3, a 1 2 5, e 1 2.
void refuse_dimacs(TextTable& table);

/// Throws FileError where an end is missing, which names no node.
void refuse_missing_end(const TextTable& table, std::string_view end);

}  // namespace mercer
