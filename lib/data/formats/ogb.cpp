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
#include "data/labels.hpp"
#include "data/tables/edge_table.hpp"
#include "mercer/graph/build.hpp"

/// A node-prediction set of the Open Graph Benchmark as its package unpacks it (Hu et al., NeurIPS 2020), a folder of
/// text files without headers, plain or gzip:
///   raw/num-node-list.csv    the number of nodes
///   raw/edge.csv             `SOURCE,TARGET`, a line for each edge
///   raw/node-feat.csv        numbers, a line for each node
///   raw/node-label.csv       the number of a class or nan, a line for each node
///   split/SCHEME/{train, valid, test}.csv   a node a line
/// or, of its largest sets, arrays in place of the first four:
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

Index read_node_count(const fs::path& raw) {
  TextTable table(wanted_table(raw, "num-node-list"));
  std::vector<std::string_view> counts;
  while (table.next())
    counts.push_back(table.row().empty() ? std::string_view{} : table.row()[0]);
  if (counts.size() != 1)
    refuse_file(table.text().path(), "",
                "got " + std::to_string(counts.size()) + " graphs, want one: that of a node's task");
  const auto nodes = whole_number(counts[0]);
  if (!nodes || *nodes < 1 || *nodes > most_nodes)
    table.refuse("got " + in_quotes(counts[0]) + ", want a number of nodes, 1 … " + std::to_string(most_nodes));
  return *nodes;
}

void want_line_of_each(const fs::path& file, Index lines, Index nodes) {
  if (lines != nodes)
    refuse_file(file, "",
                "got " + std::to_string(lines) + " lines, want " + std::to_string(nodes) +
                    " as num-node-list says: one for each node");
}

void read_node_features(const fs::path& raw, Index nodes, Dataset& data) {
  TextTable table(wanted_table(raw, "node-feat"));
  SparseRows rows;
  std::size_t width = 0;
  while (table.next()) {
    if (rows.rows() == 0) width = table.row().size();
    table.want_fields(width, " as in line 1");
    for (std::size_t c = 0; c < width; ++c)
      rows.add(static_cast<Index>(c), feature_value(table, c, "", table.row()[c]));
    rows.end_row();
  }
  want_line_of_each(table.text().path(), rows.rows(), nodes);
  data.features = rows.take(static_cast<Index>(width));
}

void read_node_labels(const fs::path& raw, Index nodes, Dataset& data) {
  TextTable table(wanted_table(raw, "node-label"));
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
  for (std::size_t n = 0; n < names.size(); ++n)
    targets.data()[n] = finite_real(real_number(names[n])).value_or(std::numeric_limits<Real>::quiet_NaN());
  set_targets(table.text().path().string(), std::move(targets), {}, data);
}

void read_edge_table(const fs::path& raw, Index nodes, Dataset& data) {
  TextTable table(wanted_table(raw, "edge"));
  std::vector<NodePair> edges;
  while (table.next()) {
    table.want_fields(2, ": source and target");
    const Node source = node_in(table, table.row()[0], nodes), target = node_in(table, table.row()[1], nodes);
    edges.emplace_back(target, source);
  }
  set_graph(nodes, std::move(edges), {}, data);
}

/// Graph and features of raw/data.npz. Throws when it holds several graphs.
Index read_arrays(const fs::path& raw, Dataset& data) {
  const Npz archive(raw / "data.npz");
  const Index nodes = member_of_shape(archive, "num_nodes_list", {1}).as<std::int64_t>()[0];
  if (nodes < 1 || nodes > most_nodes)
    refuse_file(raw / "data.npz", "'num_nodes_list'",
                "got " + std::to_string(nodes) + ", want a number of nodes, 1 … " + std::to_string(most_nodes));
  const NpyArray features = member_of_shape(archive, "node_feat", {nodes, -1});
  const std::vector<Real> values = features.as<Real>();
  FeatureRows rows(features.source, "", features.shape[1]);
  for (Index i = 0; i < nodes; ++i) {
    for (Index c = 0; c < features.shape[1]; ++c)
      if (const Real x = values[static_cast<std::size_t>(i * features.shape[1] + c)]; x != 0) rows.add(c, x);
    rows.end_row();
  }
  data.features = in_fitting_form(std::move(rows).matrix());
  const NpyArray ends = member_of_shape(archive, "edge_index", {2, -1});
  if (has_readable(archive, "edge_feat") && archive.at("edge_feat").shape.size() == 2)
    set_edge_features(archive.at("edge_feat"), ends.shape[1], data);
  set_graph(nodes, pairs_of(ends, nodes), {}, data);
  for (const std::string& name : archive.names())
    if (name != "num_nodes_list" && name != "num_edges_list" && name != "node_feat" && name != "edge_index" &&
        (name != "edge_feat" || !data.has_edge_features()))
      data.notes.push_back("data.npz: " + in_quotes(name) + " is not read");
  return nodes;
}

void read_label_array(const fs::path& raw, Index nodes, Dataset& data) {
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
    const Index nodes = read_node_count(raw);
    read_node_features(raw, nodes, data);
    read_node_labels(raw, nodes, data);
    read_edge_table(raw, nodes, data);
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
