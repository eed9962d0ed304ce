#include "data/tables/edge_header.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/counted.hpp"
#include "data/files/read_file.hpp"
#include "data/tables/column_names.hpp"

namespace mercer {
namespace {

/// Is a row like that of a weighted edge: whole numbers as ends, numbers behind them?
bool is_like_edges(TextTable& table, const Fields& row) {
  return row.size() > 1 && whole_number(row[0]) && whole_number(row[1]) &&
         std::all_of(row.begin() + 2, row.end(), [&](std::string_view field) { return table.number(field); });
}

/// Is the pair 0,1 of the first row there again below it?
bool repeats_first_pair(TextTable& table) {
  Index rows = 0;
  bool again = false;
  for (table.rewind(); !again && table.next();) {
    const Fields& row = table.row();
    again = row.size() > 1 && rows++ > 0 && row[0] == "0" && row[1] == "1";
  }
  table.rewind();
  return again;
}

/// Does an end of the first row stand as an end of a row below it, too? Names of ends may stand there whole again, as
/// where two tables were joined.
bool ends_occur_again(TextTable& table, const Fields& first) {
  const std::string_view source = first[0], target = first[1];
  const bool has_names = names_ends(first);
  const auto is_end = [&](std::string_view field) { return field == source || field == target; };
  Index row = 0;
  bool again = false;
  for (table.rewind(); !again && table.next();)
    again = table.row().size() > 1 && row++ > 0 && (is_end(table.row()[0]) || is_end(table.row()[1])) &&
            !(has_names && table.row() == first);
  table.rewind();
  return again;
}

}  // namespace

void refuse_dictionary(TextTable& table, const Fields& first) {
  const auto is_dictionary = [](std::string_view field) {
    return field.starts_with("{'") || field.find(" {'") != std::string_view::npos || field.ends_with("{}");
  };
  if (first[0].starts_with("[[") || first[0] == "{" || first[0] == "[" || first[0].starts_with("{\""))
    refuse_file(table.text().path(), "", "this is JSON, want a line SOURCE TARGET for each edge");
  if (std::ranges::none_of(first, is_dictionary)) return;
  while (table.next() && table.row().empty()) {
  }
  table.refuse(
      "got a dictionary of Python's behind the edge, want numbers or words: networkx.write_edgelist(G, FILE, "
      "data=False) writes the edges alone, data=['weight', 'len'] these attributes as columns");
}

bool is_counting_pair(const TextTable& table, const Fields& first) {
  return first.size() == 2 && counts_columns(first) && !table.has_blanks_between() && table.text().has_commas();
}

FirstRow kind_of_first(TextTable& table, const std::function<bool(std::string_view)>& is_id, bool counted) {
  const std::vector<Fields> rows = table.first_rows();
  const Fields& first = rows[0];
  if (first.size() < 2) return FirstRow::edge;
  const bool counts = counts_columns(first), separated = !table.has_blanks_between();
  if (counts && (first[0].empty() || (counted && separated))) return FirstRow::header;
  const auto are_ids = [&](const Fields& row) { return row.size() > 1 && is_id(row[0]) && is_id(row[1]); };
  if (counts && first.size() > 2) {
    if (rows.size() > 1 && !is_like_edges(table, rows[1])) return FirstRow::header;
    if (!separated) return FirstRow::edge;
    return !are_ids(first) || repeats_first_pair(table) ? FirstRow::header : FirstRow::edge_or_header;
  }
  if (is_counting_pair(table, first) && !are_ids(first) && rows.size() > 1 && are_ids(rows[1])) return FirstRow::header;
  const bool has_ids = is_id(first[0]) || is_id(first[1]) || real_number(first[0]) || real_number(first[1]);
  return has_ids ? FirstRow::edge : FirstRow::header;
}

namespace {

/// The counts in a row n m or n n m.
std::optional<CountsAbove> counts_in(const TextTable& table) {
  const Fields& row = table.row();
  const bool is_size = row.size() == 3 && row[0] == row[1];
  if (row.size() != 2 && !is_size) return std::nullopt;
  const auto nodes = whole_number(row[0]), edges = whole_number(row.back());
  if (!nodes || !edges || *nodes < 0 || *edges < 0) return std::nullopt;
  std::string fields(row[0]);
  for (std::size_t c = 1; c < row.size(); ++c)
    fields.append(" ").append(row[c]);
  return CountsAbove{*nodes, *edges, std::move(fields), table.line()};
}

}  // namespace

std::optional<CountsAbove> counts_above(TextTable& table) {
  std::optional<CountsAbove> counts;
  std::size_t above = 0, width = 0;  // fields of the first row, and of the one below it
  for (table.rewind(); width == 0 && table.next();) {
    if (table.row().empty()) continue;
    if (above == 0) {
      above = table.row().size();
      counts = counts_in(table);
      if (!counts) break;
    } else {
      width = table.row().size();
    }
  }
  while (width > 0 && table.next() && table.row().empty()) {
  }
  const bool goes_on = table.row().empty() || table.row().size() == width;
  table.rewind();
  return width > 1 && width != above && goes_on ? counts : std::nullopt;
}

bool holds_edge(std::string_view comment) {
  std::string text(comment);
  std::ranges::replace_if(
      text, [](char c) { return c == ',' || c == ';'; }, ' ');
  Fields fields;
  cut_at_blanks(text, fields);
  return fields.size() > 1 && whole_number(fields[0]) && whole_number(fields[1]) &&
         std::ranges::all_of(fields, [](std::string_view field) { return real_number(field).has_value(); });
}

bool names_ends(const Fields& names) {
  const auto has = [&](Role role) {
    return std::ranges::any_of(names, [&](std::string_view name) { return role_in_edges(name) == role; });
  };
  return has(Role::source) && has(Role::target);
}

FirstRow first_of_words(TextTable& table) {
  const std::vector<Fields> rows = table.first_rows();
  if (rows.size() < 2 || rows[0].size() < 2) return FirstRow::edge;
  if (ends_occur_again(table, rows[0])) return FirstRow::edge;
  bool above_numbers = false;
  for (std::size_t c = 2; c < std::min(rows[0].size(), rows[1].size()); ++c)
    above_numbers = above_numbers || (table.number(rows[1][c]) && !table.number(rows[0][c]));
  const auto has_role = [](std::string_view field) { return role_in_edges(field) != Role::other; };
  const auto names_id = [](std::string_view field) { return role_in_nodes(field) == Role::id; };
  const bool header = above_numbers || (names_id(rows[0][0]) && names_id(rows[0][1])) ||
                      (has_role(rows[0][0]) && has_role(rows[0][1])) || names_ends(rows[0]);
  return header ? FirstRow::header : FirstRow::edge_or_header;
}

void refuse_triples(TextTable& table) {
  constexpr int rows_looked_at = 1000;
  std::set<std::string, std::less<>> heads, relations, tails;
  Index lines = 0;
  table.rewind();
  for (int rows = 0; rows < rows_looked_at && table.next(); ++rows) {
    const Fields& row = table.row();
    if (row.empty()) continue;
    if (row.size() != 3 || real_number(row[1]) || real_number(row[2])) return table.rewind();
    ++lines;
    heads.emplace(row[0]);
    relations.emplace(row[1]);
    tails.emplace(row[2]);
  }
  table.rewind();
  const auto is_head = [&](const std::string& word) { return heads.contains(word); };
  const auto is_end = [&](const std::string& word) { return heads.contains(word) || tails.contains(word); };
  if (std::ranges::any_of(relations, is_end)) return;
  const auto shared = std::ranges::find_if(tails, is_head);
  const auto is_date = [](const std::string& word) { return word[0] >= '0' && word[0] <= '9'; };  // as 2020-01-31
  const bool is_few = !std::ranges::all_of(tails, is_date) && 2 * std::ssize(relations) <= lines &&
                      relations.size() < std::min(heads.size(), tails.size());
  if (shared == tails.end() && !is_few) return;
  const std::string sign = shared != tails.end() ? in_quotes(*shared) + " of column 3 stands in column 1, too, and " +
                                                       in_quotes(*relations.begin()) + " in neither"
                                                 : counted(std::ssize(relations), "word") + " in " +
                                                       std::to_string(lines) + " lines, fewer than in column 1 or 3";
  refuse_file(table.text().path(), "",
              "these look like triples with a relation in column 2: " + sign +
                  "; want a header above, head,relation,tail for triples or source,target,type for edges");
}

void refuse_cut_names(TextTable& table) {
  constexpr int rows_looked_at = 1000;
  constexpr const char* way_out =
      ", want tabs or commas between the fields, as networkx.write_edgelist(G, FILE, data=False, delimiter='\\t') "
      "writes";
  const bool may_be_cut = table.has_blanks_between();
  std::map<std::string, std::pair<std::string, Index>, std::less<>> second;  // by the first word: the word behind it
  Index again = 0;                                                           // first words in several rows
  bool is_one = true;
  table.rewind();
  for (int rows = 0; is_one && rows < rows_looked_at && table.next(); ++rows) {
    const Fields& row = table.row();
    if (row.empty()) continue;
    if (row[0].starts_with('(') && row[0].find(')') == std::string_view::npos)
      table.refuse("got " + in_quotes(row[0]) + ", a part of a tuple of Python's" + way_out);
    if (!may_be_cut || row.size() < 3 || real_number(row[0]) || real_number(row[1]) || real_number(row[2]))
      return table.rewind();
    const auto [found, is_new] = second.try_emplace(std::string(row[0]), row[1], 0);
    is_one = found->second.first == row[1];
    again += ++found->second.second == 2 ? 1 : 0;
  }
  table.rewind();
  if (!is_one || again < 3) return;
  const auto& [first, behind] = *second.begin();
  refuse_file(table.text().path(), "",
              "each word of column 1 has one of column 2 behind it, " + in_quotes(first + " " + behind.first) +
                  " as one name of a node" + way_out +
                  "; where these are edges, write a header such as source,target,type");
}

void refuse_dimacs(TextTable& table) {
  constexpr int rows_looked_at = 1000;
  const auto are_numbers = [](const Fields& row, std::size_t from) {
    return std::all_of(row.begin() + static_cast<std::ptrdiff_t>(from), row.end(),
                       [](std::string_view field) { return real_number(field).has_value(); });
  };
  int rows = 0;
  bool is_dimacs = true, has_edges = false;
  Index first = 0;
  for (table.rewind(); is_dimacs && rows < rows_looked_at && table.next();) {
    const Fields& row = table.row();
    if (row.empty() || row[0] == "c") continue;
    if (++rows == 1) first = table.line();
    const bool counts = row[0] == "p" && row.size() == 4 && are_numbers(row, 2);
    const bool is_edge = (row[0] == "e" || row[0] == "a") && row.size() > 2 && row.size() < 5 && are_numbers(row, 1);
    is_dimacs = counts || is_edge;
    has_edges = has_edges || is_edge;
  }
  table.rewind();
  if (rows < 2 || !is_dimacs || !has_edges) return;
  table.text().refuse(first,
                      "these are lines of DIMACS, which begin with p, a or e; want the ends and the weight alone: grep "
                      "'^[ae] ' FILE | cut -d ' ' -f 2- > edges.txt");
}

void refuse_missing_end(const TextTable& table, std::string_view end) {
  if (!is_missing(end)) return;
  const bool is_blank = std::ranges::all_of(table.row(), [](std::string_view field) { return field.empty(); });
  table.refuse(is_blank
                   ? "all fields are empty, want the two nodes of an edge: leave such lines out"
                   : "got " + in_quotes(end) + ", want a node at each end: leave out lines that lack one (pandas: " +
                         "df.dropna()); where it is a name, let nodes.txt name all nodes");
}

}  // namespace mercer
