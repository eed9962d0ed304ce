#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/formats.hpp"
#include "data/formats/feature_text.hpp"
#include "mercer/graph/build.hpp"

/// A node-prediction set of the Open Graph Benchmark as its package unpacks it (Hu et al., NeurIPS 2020), a folder of
/// text files without headers, plain or gzip:
///   raw/num-node-list.csv    the number of nodes
///   raw/edge.csv             `SOURCE,TARGET`, a line for each edge
///   raw/node-feat.csv        numbers, a line for each node
///   raw/node-label.csv       the number of a class or nan, a line for each node
///   split/SCHEME/{train, valid, test}.csv   a node a line
namespace mercer {
namespace {

namespace fs = std::filesystem;
using Fields = std::vector<std::string_view>;

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

/// The lines of a file that are not empty.
TextFile& without_empty_end(TextFile& file) {
  file.drop_empty_end(0);
  return file;
}

/// A node number, 0 … nodes − 1.
Node node_in(const TextFile& file, Index n, std::string_view text, Index nodes) {
  const auto node = whole_number(trimmed(text));
  if (!node) file.refuse(n, "got " + in_quotes(text) + ", want the number of a node");
  if (*node < 0 || *node >= nodes)
    file.refuse(n, "node " + std::to_string(*node) + " is out of range, want 0 … " + std::to_string(nodes - 1));
  return static_cast<Node>(*node);
}

Index read_node_count(const fs::path& raw) {
  TextFile file(wanted_table(raw, "num-node-list"));
  without_empty_end(file);
  if (file.lines() != 1)
    refuse_file(file.path(), "", "got " + std::to_string(file.lines()) + " graphs, want one: that of a node's task");
  const auto nodes = whole_number(trimmed(file.line(0)));
  if (!nodes || *nodes < 1 || *nodes > most_nodes)
    file.refuse(0, "got " + in_quotes(file.line(0)) + ", want a number of nodes, 1 … " + std::to_string(most_nodes));
  return *nodes;
}

void want_line_of_each(const fs::path& file, Index lines, Index nodes) {
  if (lines != nodes)
    refuse_file(file, "",
                "got " + std::to_string(lines) + " lines, want " + std::to_string(nodes) +
                    " as num-node-list says: one for each node");
}

void read_node_features(const fs::path& raw, Index nodes, Dataset& data) {
  TextFile file(wanted_table(raw, "node-feat"));
  data.features = read_csv(file).features;
  want_line_of_each(file.path(), std::visit([](const auto& x) { return x.rows(); }, data.features), nodes);
}

void read_node_labels(const fs::path& raw, Index nodes, Dataset& data) {
  TextFile file(wanted_table(raw, "node-label"));
  want_line_of_each(file.path(), without_empty_end(file).lines(), nodes);
  Fields names, fields;
  for (Index n = 0; n < nodes; ++n) {
    cut_fields(file.line(n), fields);
    if (fields.size() != 1)
      file.refuse(n, "got " + std::to_string(fields.size()) + " labels of a node, want one: its class, or nan");
    const bool none = fields[0] == "nan";
    if (!none && !whole_number(fields[0])) file.refuse(n, "got " + in_quotes(fields[0]) + ", want a class or nan");
    names.push_back(none ? std::string_view{} : fields[0]);
  }
  set_labels(names, data);
}

void read_edge_table(const fs::path& raw, Index nodes, Dataset& data) {
  TextFile file(wanted_table(raw, "edge"));
  without_empty_end(file);
  std::vector<NodePair> edges;
  Fields fields;
  for (Index n = 0; n < file.lines(); ++n) {
    cut_fields(file.line(n), fields);
    if (fields.size() != 2)
      file.refuse(n, "got " + std::to_string(fields.size()) + " fields, want two: source and target");
    const Node source = node_in(file, n, fields[0], nodes), target = node_in(file, n, fields[1], nodes);
    edges.emplace_back(target, source);
  }
  data.graph = from_edges(nodes, edges);
  if (const auto repeated = static_cast<Edge>(edges.size()) - data.graph.edges(); repeated > 0)
    data.notes.push_back(std::to_string(repeated) + " repeated edges are merged");
}

/// The split of one scheme. Each node is in at most one part, where it must have a label.
Split read_scheme(const fs::path& scheme, const Dataset& data) {
  Split split;
  std::vector<const char*> part_of(data.labels.size(), nullptr);
  const auto read = [&](const char* part, std::vector<Node>& nodes) {
    TextFile file(wanted_table(scheme, part));
    without_empty_end(file);
    for (Index n = 0; n < file.lines(); ++n) {
      const Node node = node_in(file, n, file.line(n), data.nodes());
      const char*& earlier = part_of[static_cast<std::size_t>(node)];
      const std::string what = "node " + std::to_string(node);
      if (earlier != nullptr) file.refuse(n, what + " is in " + earlier + " already");
      if (data.labels[static_cast<std::size_t>(node)] < 0)
        file.refuse(n, what + " has no label, want one: it is in " + part);
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

bool is_ogb(const fs::path& path) {
  std::error_code error;  // an impossible path counts as missing
  const fs::path count = path / "raw" / "num-node-list.csv";
  return fs::is_regular_file(count, error) || fs::is_regular_file(fs::path(count) += ".gz", error);
}

Dataset read_ogb(const fs::path& folder) {
  const fs::path raw = folder / "raw";
  const Index nodes = read_node_count(raw);
  Dataset data;
  data.name = fs::weakly_canonical(folder).filename().string();
  data.format = "ogb";
  read_node_features(raw, nodes, data);
  read_node_labels(raw, nodes, data);
  read_edge_table(raw, nodes, data);
  read_schemes(folder / "split", data);
  return data;
}

}  // namespace

constinit const Format formats::ogb{.wants = "a folder with raw/num-node-list.csv, as OGB unpacks it",
                                    .is = is_ogb,
                                    .read = read_ogb,
                                    .listed = [](const fs::path& entry) -> std::optional<NamedDataset> {
                                      if (!is_ogb(entry)) return std::nullopt;
                                      return NamedDataset{entry.filename().string(), entry};
                                    }};

}  // namespace mercer
