#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/assemble.hpp"
#include "data/files/npz_members.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/files/text_table.hpp"
#include "data/formats.hpp"
#include "data/labels/label_array.hpp"
#include "data/labels/labels.hpp"
#include "data/labels/targets.hpp"
#include "data/rounding.hpp"
#include "data/tables/column_names.hpp"
#include "data/tables/edge_arrays.hpp"
#include "data/tables/listed_graph.hpp"
#include "mercer/graph/build.hpp"

/// A node-prediction set of the Open Graph Benchmark as its package unpacks it (Hu et al., NeurIPS 2020), a folder of
/// text files without headers, plain or gzip:
///   raw/num-node-list.csv    the number of nodes
///   raw/num-edge-list.csv    that of the edges, if it is there
///   raw/edge.csv             `SOURCE,TARGET`, a line for each edge
///   raw/edge-feat.csv        numbers, a line for each edge, if the edges have features
///   raw/node-feat.csv        numbers, a line for each node, if the nodes have features
///   raw/node-label.csv       the number of a class or nan, a line for each node, if they have labels
///   split/SCHEME/{train, valid, test}.csv   a node a line
/// or, of its largest sets, arrays in place of the first four (without node_feat and node-label there are none):
///   raw/data.npz             num_nodes_list [1], edge_index [2, m] (row 0: sources), node_feat [n, f]
///   raw/node-label.npz       node_label [n, 1]
namespace mercer {
namespace {

namespace fs = std::filesystem;

constexpr Index most_nodes = std::numeric_limits<Node>::max();

/// FOLDER/NAME.csv or FOLDER/NAME.csv.gz, if it exists. Throws when both do.
std::optional<fs::path> table(const fs::path& folder, const char* name) {
  const std::string plain = std::string(name) + ".csv";
  return one_of(folder, {plain, plain + ".gz"});
}

fs::path wanted_table(const fs::path& folder, const char* name) {
  if (auto file = table(folder, name)) return *file;
  refuse_file(folder, "", "there is no " + std::string(name) + ".csv and no " + name + ".csv.gz, want one of them");
}

/// A node number, 0 … nodes − 1.
Node node_in(const TextTable& table, std::string_view text, Index nodes) {
  const auto node = whole_number(text);
  if (!node) table.refuse("got " + in_quotes(text) + ", want the number of a node");
  if (*node < 0 || *node >= nodes)
    table.refuse("node " + std::to_string(*node) + " is out of range, want 0 … " + std::to_string(nodes - 1));
  return static_cast<Node>(*node);
}

/// The one number of a table, of things of the only graph, `least` … most_nodes.
Index read_count(const fs::path& file, const std::string& things, Index least, Index most) {
  TextTable table(file);
  std::vector<std::string_view> counts;
  while (table.next())
    counts.push_back(table.row().empty() ? std::string_view{} : table.row()[0]);
  if (counts.size() != 1)
    refuse_file(table.text().path(), "",
                "got " + std::to_string(counts.size()) + " graphs, want one: that of a node's task");
  const auto count = whole_number(counts[0]);
  if (!count || *count < least || *count > most)
    table.refuse("got " + in_quotes(counts[0]) + ", want a number of " + things + ", " + std::to_string(least) + " … " +
                 std::to_string(most));
  return *count;
}

/// Throws FileError unless num-edge-list, where it is there, has the number of lines of edge.csv.
void check_edge_count(const fs::path& raw, Edge edges) {
  const auto file = table(raw, "num-edge-list");
  if (!file) return;
  const Index count = read_count(*file, "edges", 0, Index{1} << 48);
  if (count != edges)
    refuse_file(*file, "",
                "says " + std::to_string(count) + " edges, edge.csv has " + std::to_string(edges) +
                    ": is that file whole? Without num-edge-list the edges are taken as they are");
}

void want_line_of_each(const fs::path& file, Index lines, Index nodes) {
  if (lines != nodes)
    refuse_file(file, "",
                "got " + std::to_string(lines) + " lines, want " + std::to_string(nodes) +
                    " as num-node-list says: one for each node");
}

void note_rounding(const std::vector<Rounding>& columns, const std::string& file, Dataset& data) {
  for (std::size_t c = 0; c < columns.size(); ++c)
    columns[c].note(file + ": column " + column_of(c, ""), data.notes);
}

void read_node_features(const fs::path& raw, Index nodes, Dataset& data) {
  const auto file = table(raw, "node-feat");
  if (!file) {
    data.features = no_features(nodes, "node-feat.csv", data.notes);
    return;
  }
  TextTable table(*file);
  SparseRows rows;
  std::size_t width = 0;
  std::vector<Rounding> rounding;
  while (table.next()) {
    if (rows.rows() == 0) rounding.resize(width = table.row().size());
    table.want_fields(width, " as in line 1");
    for (std::size_t c = 0; c < width; ++c)
      rows.add(static_cast<Index>(c), feature_value(table, c, "", table.row()[c], &rounding[c]));
    rows.end_row();
  }
  note_rounding(rounding, table.text().name(), data);
  want_line_of_each(table.text().path(), rows.rows(), nodes);
  data.features = rows.take(static_cast<Index>(width));
}

void read_node_labels(const fs::path& raw, Index nodes, Dataset& data) {
  const auto file = table(raw, "node-label");
  if (!file) return set_no_labels(nodes, "node-label.csv", data);
  TextTable table(*file);
  Fields names;
  std::size_t width = 0;
  Index lines = 0;
  while (table.next()) {
    if (lines++ == 0) width = table.row().size();
    table.want_fields(width, ": the labels of a node, as in line 1");
    for (const std::string_view name : table.row()) {
      if (!is_missing(name) && !real_number(name)) table.refuse("got " + in_quotes(name) + ", want a class or nan");
      names.push_back(name == "nan" ? std::string_view{} : name);
    }
  }
  want_line_of_each(table.text().path(), lines, nodes);
  if (width < 2) return set_labels({.file = table.text().path(), .texts = names}, data);
  Tensor targets(lines, static_cast<Index>(width));
  Rounding rounding;
  for (std::size_t n = 0; n < names.size(); ++n) {
    const auto number = real_number(names[n]);
    targets.data()[n] = finite_real(number) ? rounding.kept(*number) : std::numeric_limits<Real>::quiet_NaN();
  }
  set_targets(table.text().path().string(), std::move(targets), {}, data);
  rounding.note(table.text().name(), data.notes);
}

/// Features of the edges, in the order of edge.csv, if there are some.
void read_edge_feature_table(const fs::path& raw, Index edges, Dataset& data) {
  const auto file = table(raw, "edge-feat");
  if (!file) return;
  TextTable rows(*file);
  std::vector<Real> values;
  std::size_t width = 0;
  Index lines = 0;
  std::vector<Rounding> rounding;
  while (rows.next()) {
    if (lines++ == 0) rounding.resize(width = rows.row().size());
    rows.want_fields(width, " as in line 1");
    for (std::size_t c = 0; c < width; ++c)
      values.push_back(feature_value(rows, c, "", rows.row()[c], &rounding[c]));
  }
  if (lines != edges)
    refuse_file(
        *file, "",
        "got " + std::to_string(lines) + " lines, want " + std::to_string(edges) + ": one for each of edge.csv");
  note_rounding(rounding, file->filename().string(), data);
  if (width == 0) return;
  data.edge_features = Tensor::from(edges, static_cast<Index>(width), values);
  data.notes.push_back(file->filename().string() + " is read as " + std::to_string(width) + " features of the edges");
}

void read_edge_table(const fs::path& raw, Index nodes, Dataset& data) {
  TextTable table(wanted_table(raw, "edge"));
  std::vector<NodePair> edges;
  while (table.next()) {
    table.want_fields(2, ": source and target");
    const Node source = node_in(table, table.row()[0], nodes), target = node_in(table, table.row()[1], nodes);
    edges.emplace_back(target, source);
  }
  check_edge_count(raw, std::ssize(edges));
  read_edge_feature_table(raw, std::ssize(edges), data);
  set_graph(nodes, std::move(edges), {}, data);
}

/// Names the tables of the folder that are not read.
void note_unread(const fs::path& raw, Dataset& data) {
  static constexpr std::string_view known[]{"num-node-list", "num-edge-list", "edge",
                                            "edge-feat",     "node-feat",     "node-label"};
  std::vector<std::string> unread;
  for (const fs::directory_entry& entry : fs::directory_iterator(raw)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".csv") != std::string::npos &&
        std::ranges::find(known, name.substr(0, name.find('.'))) == std::end(known))
      unread.push_back(name);
  }
  std::ranges::sort(unread);
  if (!unread.empty()) data.notes.push_back("not read: " + joined(unread));
}

/// Graph and features of raw/data.npz. Throws when it holds several graphs.
Index read_arrays(const fs::path& raw, Dataset& data) {
  const Npz archive(raw / "data.npz");
  const Index nodes = member_of_shape(archive, "num_nodes_list", {1}).as<std::int64_t>()[0];
  if (nodes < 1 || nodes > most_nodes)
    refuse_file(raw / "data.npz", "'num_nodes_list'",
                "got " + std::to_string(nodes) + ", want a number of nodes, 1 … " + std::to_string(most_nodes));
  data.features = archive.contains("node_feat")
                      ? dense_features(member_of_shape(archive, "node_feat", {nodes, -1}), nodes, data.notes)
                      : no_features(nodes, "a member node_feat of data.npz", data.notes);
  const NpyArray ends = member_of_shape(archive, "edge_index", {2, -1});
  if (archive.contains("num_edges_list")) {
    const NpyArray count = member_of_shape(archive, "num_edges_list", {1});
    if (const Index edges = count.as<std::int64_t>()[0]; edges != ends.shape[1])
      refuse_file(count.source, "",
                  "says " + std::to_string(edges) + " edges, 'edge_index' has " + std::to_string(ends.shape[1]));
  }
  read_edge_features(archive, ends.shape[1], data);
  const std::vector<Real> weights = read_edge_weights(archive, ends.shape[1], data);
  set_graph(nodes, pairs_of(ends, nodes), weights, data);
  for (const std::string& note :
       notes_on_unread(archive, {"num_nodes_list", "num_edges_list", "node_feat", "edge_index"}))
    data.notes.push_back("data.npz: " + note);
  return nodes;
}

void read_label_array(const fs::path& raw, Index nodes, Dataset& data) {
  std::error_code error;
  if (!fs::exists(raw / "node-label.npz", error)) return set_no_labels(nodes, "node-label.npz", data);
  set_labels(Npz(raw / "node-label.npz").at("node_label"), nodes, data);
}

/// The split of one scheme. Each node is in at most one part, where it must have a label.
Split read_scheme(const fs::path& scheme, const Dataset& data) {
  Split split;
  std::vector<const char*> part_of(data.labels.size(), nullptr);
  const auto read = [&](const char* part, std::vector<Node>& nodes) {
    TextTable table(wanted_table(scheme, part));
    while (table.next()) {
      table.want_fields(1, ": a node");
      const Node node = node_in(table, table.row()[0], data.nodes());
      const char*& earlier = part_of[static_cast<std::size_t>(node)];
      const std::string what = "node " + std::to_string(node);
      if (earlier != nullptr) table.refuse(what + " is in " + earlier + " already");
      if (data.labels[static_cast<std::size_t>(node)] < 0)
        table.refuse(what + " has no label, want one: it is in " + part);
      earlier = part;
      nodes.push_back(node);
    }
  };
  read("train", split.train);
  read("valid", split.validation);
  read("test", split.test);
  return split;
}

void read_schemes(const fs::path& folder, Dataset& data) {
  if (!is_folder(folder)) return;
  if (data.classes() == 0) return data.notes.push_back("split/ is not read: no node has a label");
  std::vector<fs::path> schemes;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (is_folder(entry.path())) schemes.push_back(entry.path());
  std::ranges::sort(schemes);
  for (const fs::path& scheme : schemes)
    data.splits.push_back(read_scheme(scheme, data));
}

/// The folder of the raw files: PATH/raw, or PATH itself.
fs::path raw_folder(const fs::path& path) {
  const fs::path named = path.has_filename() ? path : path.parent_path();
  return named.filename() == "raw" ? named : named / "raw";
}

bool is_ogb(const fs::path& path) {
  std::error_code error;  // an impossible path counts as missing
  const fs::path raw = raw_folder(path);
  for (const char* name : {"num-node-list.csv", "num-node-list.csv.gz", "data.npz"})
    if (fs::is_regular_file(raw / name, error)) return true;
  return false;
}

Dataset read_ogb(const fs::path& path) {
  const fs::path raw = raw_folder(whole_path(path)), folder = raw.parent_path();
  Dataset data;
  data.name = folder.filename().string();
  data.format = "ogb";
  std::error_code error;
  if (fs::is_regular_file(raw / "data.npz", error)) {
    read_label_array(raw, read_arrays(raw, data), data);
  } else {
    const Index nodes = read_count(wanted_table(raw, "num-node-list"), "nodes", 1, most_nodes);
    read_node_features(raw, nodes, data);
    read_node_labels(raw, nodes, data);
    read_edge_table(raw, nodes, data);
    note_unread(raw, data);
  }
  read_schemes(folder / "split", data);
  return data;
}

}  // namespace

namespace {
constexpr std::string_view ogb_folders[]{"raw", "split", "mapping", "processed"};
}  // namespace

constinit const Format formats::ogb{.wants = "a folder with raw/num-node-list.csv or raw/data.npz, as OGB unpacks it",
                                    .is = is_ogb,
                                    .read = read_ogb,
                                    .listed = [](const fs::path& entry) -> std::optional<NamedDataset> {
                                      if (!is_ogb(entry)) return std::nullopt;
                                      return NamedDataset{entry.filename().string(), entry};
                                    },
                                    .folders = ogb_folders};

}  // namespace mercer
