#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/files/text_table.hpp"
#include "data/formats.hpp"
#include "data/tables/edge_table.hpp"
#include "data/tables/listed_graph.hpp"
#include "data/tables/text_folder.hpp"
#include "mercer/graph/inspect.hpp"

/// A file that is a graph alone, without features and labels:
///   NAME.graph                     METIS (Karypis and Kumar, manual of version 5.1, section 4.1): `NODES EDGES [FORMAT
///                                  [WEIGHTS]]`, then the neighbours of each node from 1, a line for each node
///   NAME.mtx                       Matrix Market (Boisvert et al., NISTIR 5935, 1996): a square coordinate matrix; the
///                                  entry (i, j) is an edge from i to j
///   NAME.txt|csv|tsv|edges|el      `SOURCE TARGET [WEIGHT]`, a line for each edge, as SNAP writes it
/// each also as .gz.
namespace mercer {
namespace {

namespace fs = std::filesystem;

/// ".graph" of NAME.graph and NAME.graph.gz, in lower case.
std::string ending_of(fs::path path) {
  if (path.extension() == ".gz") path.replace_extension();
  return lower_case(path.extension().string());
}

bool is_edge_list(const std::string& ending) {
  return is_among(ending, {".txt", ".csv", ".tsv", ".edges", ".edgelist", ".el"});
}

Index wanted_number(const TextTable& table, std::string_view text, Index least, Index most, const char* what) {
  const auto number = whole_number(text);
  if (!number || *number < least || *number > most)
    table.refuse("got " + in_quotes(text) + ", want " + what + ", " + std::to_string(least) + " … " +
                 std::to_string(most));
  return *number;
}

constexpr Index most_ids = (Index{1} << 31) - 2;
constexpr Index few_nodes = Index{1} << 20, most_isolated = 64;  // a wrong digit must not cost gigabytes

/// The head of a METIS file.
struct MetisHead {
  Index nodes, edges;
  std::size_t skipped;  // sizes and weights of a node, before its neighbours
  bool weighted;        // does a weight follow each neighbour?
};

MetisHead read_metis_head(TextTable& table) {
  while (table.next() && table.row().empty()) {
  }
  const Fields& row = table.row();
  if (row.size() < 2 || row.size() > 4)
    table.refuse("got " + std::to_string(row.size()) + " fields, want the numbers of nodes and edges, and a format");
  const std::string form = row.size() > 2 ? std::string(row[2]) : "0";
  if (form.size() > 3 || form.find_first_not_of("01") != std::string::npos)
    table.refuse("got the format " + in_quotes(form) + ", want up to three digits, 0 or 1");
  const std::string flags = std::string(3 - form.size(), '0') + form;
  const Index weights = row.size() > 3 ? wanted_number(table, row[3], 0, 1000, "a number of weights") : 1;
  return {wanted_number(table, row[0], 0, most_ids, "a number of nodes"),
          wanted_number(table, row[1], 0, Index{1} << 48, "a number of edges"),
          (flags[0] == '1' ? 1u : 0u) + (flags[1] == '1' ? static_cast<std::size_t>(weights) : 0u), flags[2] == '1'};
}

void set_entries(const TextTable& table, Index nodes, std::vector<NodePair> edges, const std::vector<Real>& weight,
                 const Rounding& rounding, Dataset& data) {
  const std::string file = table.text().name();
  const char* what = ": the numbers of the entries are read as the weights of the edges";
  set_listed_graph(nodes, std::move(edges), weight, file + what, data);
  rounding.note(file, data.notes);
}

/// METIS has an edge at both of its ends, with one weight. Throws FileError where the two differ; `line` is that of
/// each node.
void check_both_ends(const TextTable& table, const std::vector<Index>& line, const Dataset& data) {
  if (data.edge_weights.empty()) return;
  const CsrView g = data.graph.view();
  for_each_edge(g, [&](Node i, Node j, Edge e) {
    const Node *first = g.neighbour + g.offset[j], *last = g.neighbour + g.offset[j + 1];
    const Node* found = std::lower_bound(first, last, i);
    if (found == last || *found != i) return;
    const Real own = data.edge_weights[static_cast<std::size_t>(e)];
    const Real other = data.edge_weights[static_cast<std::size_t>(found - g.neighbour)];
    if (own != other)
      table.text().refuse(line[static_cast<std::size_t>(i)],
                          "the edge to " + std::to_string(j + 1) + " has the weight " + std::to_string(own) + ", and " +
                              std::to_string(other) + " in the line of that node, want the same at both " +
                              "ends: a directed graph can be a list of edges, NAME.txt");
  });
}

void read_metis(const fs::path& file, Dataset& data) {
  TextTable table(file);
  const MetisHead head = read_metis_head(table);
  std::vector<NodePair> edges;
  std::vector<Real> weight;
  std::vector<Index> line;
  Rounding rounding;
  Index nodes = 0;
  while (table.next()) {
    const Fields& row = table.row();
    if (nodes == head.nodes) table.refuse("got a line more than the " + std::to_string(head.nodes) + " nodes");
    for (std::size_t c = head.skipped; c < row.size(); ++c) {
      const Index j = wanted_number(table, row[c], 1, head.nodes, "a neighbour") - 1;
      edges.emplace_back(static_cast<Node>(nodes), static_cast<Node>(j));
      if (!head.weighted) continue;
      if (++c == row.size()) table.refuse("ends after a neighbour, want its weight");
      weight.push_back(feature_value(table, c, "weight of the edge", row[c], &rounding));
    }
    line.push_back(table.line());
    ++nodes;
  }
  nodes += table.text().blank_end();  // nodes without neighbours
  if (nodes < head.nodes)
    refuse_file(file, "", "got lines of " + std::to_string(nodes) + " nodes, want " + std::to_string(head.nodes));
  if (std::ssize(edges) != 2 * head.edges)
    data.notes.push_back("the first line says " + std::to_string(head.edges) + " edges, the nodes have " +
                         std::to_string(edges.size()) + " neighbours: want twice as many");
  if (head.skipped > 0) data.notes.emplace_back("weights of nodes are left out");
  set_entries(table, head.nodes, std::move(edges), weight, rounding, data);
  check_both_ends(table, line, data);
}

void read_matrix_market(const fs::path& file, Dataset& data) {
  TextTable table(file);
  while (table.next() && table.row().empty()) {
  }
  Fields banner;
  const std::string first = table.comments().empty() ? "" : lower_case(table.comments()[0].text);
  cut_at_blanks(first, banner);
  if (banner.size() != 5 || banner[0] != "%matrixmarket" || banner[1] != "matrix" || banner[2] != "coordinate")
    table.text().refuse(1, "want %%MatrixMarket matrix coordinate FIELD SYMMETRY");
  const bool pattern = banner[3] == "pattern", general = banner[4] == "general";
  if (!is_among(banner[3], {"pattern", "real", "integer"}) || !is_among(banner[4], {"general", "symmetric"}))
    table.text().refuse(1, "got " + in_quotes(first) + ", want pattern, real or integer, and general or symmetric");
  table.want_fields(3, ": rows, columns and entries");
  const Index nodes = wanted_number(table, table.row()[0], 0, most_ids, "a number of rows");
  if (wanted_number(table, table.row()[1], 0, most_ids, "a number of columns") != nodes)
    table.refuse("got a matrix that is not square, want a row and a column for each node");
  const Index entries = wanted_number(table, table.row()[2], 0, Index{1} << 48, "a number of entries");
  if (nodes > few_nodes && nodes / most_isolated > entries)
    table.refuse("got " + std::to_string(nodes) + " rows for " + std::to_string(entries) +
                 " entries: nearly all nodes would be without edges");
  std::vector<NodePair> edges;
  std::vector<Real> weight;
  Rounding rounding;
  Index count = 0;
  while (table.next()) {
    const Fields& row = table.row();
    if (row.empty()) continue;
    table.want_fields(pattern ? 2 : 3, pattern ? ": row and column" : ": row, column and value");
    ++count;
    const auto i = static_cast<Node>(wanted_number(table, row[0], 1, nodes, "a row") - 1);
    const auto j = static_cast<Node>(wanted_number(table, row[1], 1, nodes, "a column") - 1);
    const Real value = pattern ? Real{1} : feature_value(table, 2, "value", row[2], &rounding);
    for (const bool mirrored : {false, true}) {
      if (mirrored && (general || i == j)) continue;
      edges.emplace_back(mirrored ? i : j, mirrored ? j : i);  // (target, source)
      if (!pattern) weight.push_back(value);
    }
  }
  if (count != entries)
    refuse_file(file, "", "got " + std::to_string(count) + " entries, want " + std::to_string(entries));
  set_entries(table, nodes, std::move(edges), weight, rounding, data);
}

bool is_bare_graph(const fs::path& path) {
  std::error_code error;  // an impossible path counts as missing
  const std::string ending = ending_of(path);
  return (ending == ".graph" || ending == ".mtx" || is_edge_list(ending)) && fs::is_regular_file(path, error);
}

Dataset read_bare_graph(const fs::path& path) {
  Dataset data;
  const std::string file = path.filename().string();
  data.name = file.substr(0, file.find('.'));
  const std::string ending = ending_of(path);
  if (is_edge_list(ending)) refuse_table_of_folder(path);
  data.format = ending == ".graph" ? "metis" : ending == ".mtx" ? "matrix-market" : "edge-list";
  if (ending == ".graph")
    read_metis(path, data);
  else if (ending == ".mtx")
    read_matrix_market(path, data);
  else
    read_bare_edges(path, data);
  data.features = Tensor(data.nodes(), 0);
  data.labels.assign(static_cast<std::size_t>(data.nodes()), -1);
  data.notes.emplace_back("there are no features and no labels: a graph alone");
  return data;
}

}  // namespace

constinit const Format formats::bare_graph{
    .wants = "a graph alone (.graph of METIS, .mtx, or .txt, .csv, .tsv with edges)",
    .is = is_bare_graph,
    .read = read_bare_graph,
    .listed = [](const fs::path& entry) -> std::optional<NamedDataset> {
      const std::string ending = ending_of(entry), file = entry.filename().string();
      if ((ending != ".graph" && ending != ".mtx") || file.starts_with("ind.") || is_folder(entry)) return std::nullopt;
      return NamedDataset{file.substr(0, file.find('.')), entry};
    }};

}  // namespace mercer
