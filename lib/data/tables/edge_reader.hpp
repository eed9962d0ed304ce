#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/counted.hpp"
#include "data/files/read_file.hpp"
#include "data/files/read_pieces.hpp"
#include "data/files/text_rows.hpp"
#include "data/rounding.hpp"
#include "data/tables/column_names.hpp"
#include "data/tables/edge_columns.hpp"
#include "data/tables/edge_comments.hpp"
#include "data/tables/edge_doubts.hpp"
#include "data/tables/edge_ends.hpp"
#include "data/tables/edge_header.hpp"
#include "data/tables/listed_graph.hpp"

namespace mercer {

/// A whole number of any size, for ids that are numbers. Refuses when `table` is given.
std::optional<std::int64_t> number_of(std::string_view text, TextTable* table);

/// The rows of a table of edges, whose ends are numbered as the caller says.
class EdgeReader {
 public:
  /// `is_name`: names of nodes, where they are known.
  explicit EdgeReader(const std::filesystem::path& file, TextTable::IsName is_name = {})
      : table_(file, TextTable::Cut::columns, std::move(is_name)), counts_(counts_above(table_)) {
    if (counts_) table_.skip_first_row();
  }

  /// `in_order`: to_id numbers nodes as they come.
  template <class ToId>
  void read(const ToId& to_id, bool counted, bool in_order) {
    find_columns([&](std::string_view field) { return to_id(field, nullptr).has_value(); }, counted);
    std::vector<TextTable> pieces = table_.pieces();
    ends.resize(pieces.size());
    weights_.resize(pieces.size());
    const auto read = [&](std::size_t p) { read_piece(to_id, pieces[p], ends[p], weights_[p]); };
    if (in_order || !columns_.others.empty() || columns_.direction)  // a row depends on those before it
      for (std::size_t p = 0; p < pieces.size(); ++p)
        read(p);
    else
      read_pieces(std::ssize(pieces), read);
    for (const TextTable& piece : pieces)
      table_.add_found(piece);
    finish();
  }
  TextTable& table() { return table_; }

  /// Behind read: a first row 0,1 leaves the edges where they show that it is pandas' header.
  void settle_first_pair(std::optional<Index> nodes) {
    if (!first_may_count_) return;
    const FirstRow kind = kind_of_first_pair(ends, nodes);
    first_is_doubtful_ = kind == FirstRow::edge_or_header;
    if (first_is_doubtful_)
      note(
          "the first line 0,1 is read as an edge: where it is pandas' header, write to_csv(FILE, index=False, "
          "header=False)");
    if (kind != FirstRow::header) return;
    note(counts);
    const auto piece = std::ranges::find_if(ends, [](const auto& own) { return !own.empty(); });
    piece->erase(piece->begin());
  }

  /// Behind a reading of numbers: a first row may count nodes and edges, "n m".
  void settle_first_counts(std::optional<Index> nodes) {
    if (has_header_) return;
    if (columns_.count != 2) return settle_first_sizes(nodes);
    const FirstRow kind = kind_of_first_counts(ends, nodes);
    if (kind == FirstRow::edge) return;
    const auto piece = std::ranges::find_if(ends, [](const auto& own) { return !own.empty(); });
    const EdgeEnds first = piece->front();
    const std::string line = "the first line, " + std::to_string(first.source) + " " + std::to_string(first.target);
    if (kind == FirstRow::edge_or_header)
      return note(line + ", is read as an edge: where it counts nodes and edges, leave it out");
    note(line + ", counts nodes and edges; it is a header, not an edge: where it is one, write source,target above it");
    piece->erase(piece->begin());
  }

  /// Behind a reading of numbers: says where they have exponents.
  void note_exponents() {
    if (has_exponents_) note("numbers of nodes with an exponent, as numpy.savetxt writes them, are read as whole ones");
  }

  /// Behind a reading of numbers.
  void refuse_two_kinds() {
    if (!has_header_ || !has_names_) return;
    mercer::refuse_two_kinds(table_.text().path(), header_[columns_.source], header_[columns_.target], ends);
  }

  /// The first number of a node, by a comment; −1 where none says it.
  int counted_from() const { return counted_from_; }

  /// Throws FileError at the first row that has a number outside of first … first + nodes − 1.
  [[noreturn]] void refuse_outside(Index nodes, const std::string& counted, const std::string& hint) {
    const std::vector<Fields> rows = table_.first_rows();
    const bool first_fits = columns_.count == 2 && !has_header_ && rows[0][0] == std::to_string(nodes);
    bool at_first = true;
    for (; table_.next(); at_first = at_first && table_.row().empty()) {
      if (table_.row().empty()) continue;
      for (const std::size_t c : {columns_.source, columns_.target})
        if (const auto node = number_of(table_.row()[c], nullptr); !node || *node < 0 || *node >= nodes)
          table_.refuse("node " + std::string(table_.row()[c]) + " is out of range, want 0 … " +
                        std::to_string(nodes - 1) + " as " + counted +
                        " has lines; where ids have gaps, nodes.txt holds the id of each node, a line each, in that "
                        "order" +
                        hint +
                        (first_is_doubtful_       ? "; where line 1 counts the columns, want source,target in its place"
                         : at_first && first_fits ? "; where the first line counts nodes and edges, leave it out"
                                                  : ""));
    }
    refuse_file(table_.text().path(), "", "a node is out of range");
  }

  /// Gives what is known of the edges beside their ends. Throws FileError at two rows of ends.
  void give(Index nodes, Dataset& data) {
    if (is_adjacency(found_.edge_features, extent_of(ends).most, has_names_))
      refuse_file(table_.text().path(), "",
                  "got as many lines as columns, which look like a matrix of adjacency, want a line for each edge: "
                  "numpy.savetxt(FILE, numpy.argwhere(A), fmt='%d') writes it so");
    if (!has_names_) doubt_columns(nodes);
    data.directed |= found_.directed;
    data.edge_features = std::move(found_.edge_features);
    data.edge_feature_names = std::move(found_.edge_feature_names);
    data.notes.insert(data.notes.end(), found_.notes.begin(), found_.notes.end());
  }

  /// Sets the graph of the numbered ends, behind give.
  void set(Index nodes, std::int64_t first, Dataset& data) {
    const std::string column = columns_.weight ? std::to_string(*columns_.weight + 1) : "";
    const std::string note = table_.text().name() + ": column " + column + " is read as the weights of the edges";
    set_listed_graph(nodes, pairs_of(std::move(ends), first), weight_, note, data);
  }

  EndPieces ends;

 private:
  static constexpr const char* counts = "the first line counts the columns; it is a header, not an edge";

  void doubt_columns(Index nodes) {
    if (is_edge_index(found_.edge_features))
      refuse_file(table_.text().path(), "",
                  "got 2 lines of " + std::to_string(columns_.count) +
                      " numbers, which look like the rows of edge_index, want a line for each edge: "
                      "numpy.savetxt(FILE, edge_index.T, fmt='%d') writes it so");
    const std::string weight = columns_.weight ? std::to_string(*columns_.weight + 1) : "";
    const std::vector<std::string> columns =
        columns_of_nodes(nodes, weight_, weight, found_.edge_features, found_.edge_feature_names);
    if (!columns.empty())
      note(
          "nothing but numbers of nodes is in " + joined(columns) +
          ", read as numbers: where lines list neighbours, or a relation between two nodes, write a line SOURCE TARGET "
          "for each edge; where they are numbers, name them in a header such as source,target,weight");
  }

  struct Weights {
    std::vector<Real> values;
    Rounding rounding;
  };

  template <class IsId>
  void find_columns(const IsId& is_id, bool counted) {
    const std::vector<Fields> rows = table_.first_rows();
    if (rows.empty()) return;
    refuse_dictionary(table_, rows[0]);
    refuse_dimacs(table_);
    columns_.count = rows[0].size();
    if (columns_.count < 2) {
      table_.next();
      table_.refuse("got one field, want two: source and target, with a comma, a semicolon, a tab or blanks between");
    }
    const FirstRow kind = kind_of_first(table_, is_id, counted);
    if (kind == FirstRow::edge_or_header)
      note("the first line could be a header that counts columns: it is taken as an edge");
    first_is_doubtful_ = kind == FirstRow::edge_or_header;
    first_may_count_ = kind == FirstRow::edge && is_counting_pair(table_, rows[0]);
    if (kind == FirstRow::header) {
      has_header_ = true;
      header_.assign(rows[0].begin(), rows[0].end());
      columns_ = named_columns(table_, rows[0]);
      if (rows.size() > 1) settle_direction(rows[0], rows[1]);
      if (columns_.count <= std::max(columns_.source, columns_.target)) refuse_one_column();
      if (counts_columns(rows[0]))
        note(counts);
      else if (!columns_.has_sure_ends)
        note("the first line, " + joined({rows[0].begin(), rows[0].end()}) +
             ", is a header: " + joined({std::string(rows[0][columns_.source])}) + " is taken as the source, " +
             joined({std::string(rows[0][columns_.target])}) + " as the target");
      table_.skip_first_row();
      has_names_ = !counts_columns(rows[0]);
    } else if (const Fields names = table_.commented_row(); names_ends(names)) {
      has_names_ = true;
      columns_ = named_columns(table_, names);
      settle_direction(names, rows[0]);
      if (names.size() > 2 || columns_.source > columns_.target)
        note("the comment # " + joined({names.begin(), names.end()}) + " is read as the header");
    } else {
      refuse_cut_names(table_);
      for (std::size_t c = 2; c < columns_.count; ++c)
        columns_.others.emplace_back(c, std::to_string(c + 1));
    }
    has_exponents_ = columns_.source < rows.back().size() && whole_with_exponent(rows.back()[columns_.source]);
    guess_weight(table_, columns_);
    features_ = EdgeFeatureColumns(columns_.others);
  }

  /// A column named type may be of another kind than the direction.
  void settle_direction(const Fields& names, const Fields& first) {
    const auto type = columns_.direction;
    if (!type || *type >= first.size() || is_direction(first[*type])) return;
    columns_.others.emplace_back(*type, names[*type]);
    columns_.direction.reset();
  }

  [[noreturn]] void refuse_one_column() {
    refuse_file(table_.text().path(), "", "got one column beside the index, want two: source and target");
  }

  template <class ToId>
  void read_piece(const ToId& to_id, TextTable& piece, std::vector<EdgeEnds>& own, Weights& weights) {
    const auto most = static_cast<std::size_t>(piece.text().line_ends() + 1);
    own.reserve(most);
    if (columns_.weight) weights.values.reserve(most);
    while (piece.next())
      if (!piece.row().empty()) read_row(to_id, piece, own, weights);
  }

  template <class ToId>
  void read_row(const ToId& to_id, TextTable& table, std::vector<EdgeEnds>& own, Weights& weights) {
    const Fields& row = table.row();
    table.want_fields(columns_.count, columns_.count == 2 ? ": source and target"
                                      : counts_           ? " as in the line below the first"
                                                          : " as in the first line");
    if (has_header_ && has_names_ && std::ranges::equal(row, header_))
      table.refuse("the header stands here again: leave it out");
    const auto source = to_id(row[columns_.source], &table), target = to_id(row[columns_.target], &table);
    own.push_back({*source, *target});
    if (columns_.weight)
      weights.values.push_back(
          feature_value(table, *columns_.weight, "weight of the edge", row[*columns_.weight], &weights.rounding));
    if (!columns_.others.empty()) features_.read_row(table);
    if (columns_.direction) read_direction(table, row[*columns_.direction]);
  }

  void read_direction(const TextTable& table, std::string_view field) {
    if (!is_direction(field)) table.refuse("got " + in_quotes(field) + ", want Directed or Undirected");
    ++(lower_case(field) == "directed" ? directed_ : undirected_);
    if (directed_ > 0 && undirected_ > 0)
      table.refuse(
          "got a directed edge and an undirected one, want all of one kind: write an undirected edge as two "
          "directed ones");
  }

  void join_weights() {
    for (Weights& own : weights_) {
      weight_.insert(weight_.end(), own.values.begin(), own.values.end());
      rounding_.add(own.rounding);
      own = {};
    }
  }

  void read_comments() {
    bool directed = false, undirected = false;
    for (const TextTable::Comment& comment : table_.comments()) {
      const Says says = directions_in(comment.text);
      if (says == Says::bipartite)
        table_.text().refuse(comment.line,
                             "bip: edges of KONECT between two kinds of nodes, each counted from 1; want ids that tell "
                             "them apart, as u1,v1, and no such line");
      directed |= says == Says::directed || says == Says::both;
      undirected |= says == Says::undirected || says == Says::both;
      counted_from_ = std::max(counted_from_, mercer::counted_from(comment.text));
    }
    found_.directed |= directed_ > 0 || (directed && !undirected);
    if (directed && undirected)
      note("comments say directed and undirected: edges are read as undirected; # directed alone says otherwise");
  }

  /// Notes a first line above longer or shorter ones. Throws FileError where it doesn't count their edges.
  void settle_counts() {
    if (!counts_) return;
    const Edge edges = edges_in(ends);
    const std::int64_t nodes = ids_in(ends);
    const auto& [most, stated, fields, line] = *counts_;
    if (nodes > most || (stated != edges && 2 * stated != edges))
      table_.text().refuse(line, "got " + fields + " above lines of " + std::to_string(columns_.count) +
                                     " fields: as counts of nodes and edges it doesn't fit the " +
                                     counted(nodes, "node") + " and " + counted(edges, "line") +
                                     " below it; where it counts them, leave it out, and where it is an edge, write " +
                                     "as many fields as in the others");
    note(says_counts(fields));
  }
  static std::string says_counts(const std::string& fields) {
    return "the first line, " + fields + ", counts nodes and edges; it is a header, not an edge";
  }

  /// The same of n n m, the sizes of a matrix, above edges with weights.
  void settle_first_sizes(std::optional<Index> nodes) {
    constexpr Edge few_edges = 3;
    const Edge edges = edges_in(ends) - 1;
    if (has_names_ || !columns_.weight || columns_.count != 3 || edges < few_edges) return;
    const auto piece = std::ranges::find_if(ends, [](const auto& own) { return !own.empty(); });
    const EdgeEnds first = piece->front();
    if (first.source != first.target || weight_.front() != static_cast<Real>(edges)) return;
    piece->erase(piece->begin());
    if (extent_of(ends).most > first.source || (nodes && *nodes != first.source)) {
      piece->insert(piece->begin(), first);
      return;
    }
    weight_.erase(weight_.begin());
    const std::string size = std::to_string(first.source);
    note(says_counts(size + " " + size + " " + std::to_string(edges)));
  }

  /// Throws FileError where a comment in a file of nothing else has the form of an edge.
  void settle_comments_alone() {
    const auto& comments = table_.comments();
    if (columns_.count > 0 || comments.empty()) return;
    if (const auto edge = std::ranges::find_if(comments, holds_edge, &TextTable::Comment::text); edge != comments.end())
      table_.text().refuse(edge->line, "got " + in_quotes(trimmed(edge->text)) +
                                           " behind #, % or //, a comment, as all lines are: where they are edges, "
                                           "leave out the sign; a graph without edges has an empty file");
    const auto is_word = [](const auto& own) { return !own.text.empty() && !is_blank(own.text[0]); };
    note(std::ranges::any_of(comments, is_word)
             ? "all lines are comments: where #, % or // begins an id, write a header such as source,target"
             : "all lines are comments: the graph has no edges");
  }

  void finish() {
    read_comments();
    settle_counts();
    settle_comments_alone();
    join_weights();
    if (columns_.weight)
      rounding_.note(table_.text().name() + ": column " + column_of(*columns_.weight, "weight"), found_.notes);
    features_.finish(edges_in(ends), found_);
    for (const std::string& what : features_.notes())
      note(what);
    const auto& like_row = table_.like_row();
    if (like_row && columns_.count > 0 && !has_names_ && directions_in(like_row->text) == Says::nothing)
      note("line " + std::to_string(like_row->line) + ", " + in_quotes(like_row->text) +
           ", is taken for a comment: where it is an edge, write a header such as source,target above it");
    for (const std::string& what : table_.notes_of_signs())
      found_.notes.push_back(what);
    if (table_.decimal_commas()) note("numbers have decimal commas; 0,5 is read as 0.5");
  }

  void note(const std::string& what) { found_.notes.push_back(table_.text().name() + ": " + what); }

  TextTable table_;
  std::optional<CountsAbove> counts_;  // in a first line, which is skipped
  Dataset found_;                      // notes, direction and features
  EdgeColumns columns_;
  EdgeFeatureColumns features_;
  std::vector<Real> weight_;      // [edges] or none
  std::vector<Weights> weights_;  // of each piece
  Rounding rounding_;             // of all of them
  Edge directed_ = 0, undirected_ = 0;
  int counted_from_ = -1;
  bool has_header_ = false;  // is the first row one?
  std::vector<std::string> header_{};
  bool has_names_ = false;          // does a header name the columns?
  bool first_is_doubtful_ = false;  // the first row could be a header
  bool first_may_count_ = false;    // it is 0,1
  bool has_exponents_ = false;      // is the first source 1.0e+00 or the like?
};

}  // namespace mercer
