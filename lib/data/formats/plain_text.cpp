#include "data/formats/plain_text.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>

#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/formats.hpp"
#include "data/formats/feature_text.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;
using Fields = std::vector<std::string_view>;

void want_lines(TextFile& file, Index nodes, const std::string& features) {
  file.drop_empty_end(nodes);
  if (file.lines() != nodes)
    refuse_file(file.path(), "",
                "got " + std::to_string(file.lines()) + " lines, want " + std::to_string(nodes) +
                    ": one for each node of " + features);
}

/// Nothing for '-', which is no label.
std::string_view label_of(std::string_view text) { return text == "-" ? std::string_view{} : text; }

void read_labels(TextFile& file, const std::string& features, Dataset& data) {
  const auto nodes = static_cast<Index>(data.labels.size());
  file.drop_empty_end(nodes);
  const std::string_view head = file.lines() > 0 ? trimmed(file.line(0)) : std::string_view{};
  const bool header = file.lines() == nodes + 1 && (head == "label" || head == "labels" || head == "class");
  if (!header) want_lines(file, nodes, features);
  Fields names;
  for (Index n = header ? 1 : 0; n < file.lines(); ++n)
    names.push_back(trimmed(file.line(n)) == "-1" ? std::string_view{} : label_of(trimmed(file.line(n))));
  set_labels(names, data);
}

/// Reads features and labels, which determine the number of nodes. Returns the name of the features' file.
std::string read_nodes(const fs::path& folder, Dataset& data) {
  const auto features = one_of(folder, {"features.svmlight", "features.csv"});
  if (!features)
    refuse_file(folder, "",
                "there are no features: want features.svmlight or features.csv, a line for each node "
                "(where nodes have none of their own, the lines 1:1, 2:1, 3:1 … make them differ)");
  const auto labels = one_of(folder, {"labels.txt", "labels.csv"});
  TextFile file(*features);
  FeatureText read = features->extension() == ".csv" ? read_csv(file) : read_svmlight(file);
  const Index nodes = std::visit([](const auto& x) { return x.rows(); }, read.features);
  if (nodes == 0) refuse_file(*features, "", "there is no node: want a line for each");
  data.features = std::move(read.features);
  data.first_index = read.first_index;
  data.feature_names = std::move(read.names);
  data.labels.assign(static_cast<std::size_t>(nodes), -1);
  if (labels && !read.labels.empty())
    data.notes.push_back("the labels of " + features->filename().string() + " give way to " +
                         labels->filename().string());
  std::ranges::transform(read.labels, read.labels.begin(), label_of);
  if (!labels && !read.labels.empty()) set_labels(read.labels, data);
  if (labels) {
    TextFile lines(*labels);
    read_labels(lines, features->filename().string(), data);
  }
  if (data.classes() == 0)
    data.notes.emplace_back("no node has a label: labels.txt would give them, a line for each node");
  return features->filename().string();
}

using Names = std::unordered_map<std::string_view, Node>;

Names read_names(TextFile& file, const std::string& features, Dataset& data) {
  want_lines(file, static_cast<Index>(data.labels.size()), features);
  Names names;
  for (Index n = 0; n < file.lines(); ++n) {
    const std::string_view name = trimmed(file.line(n));
    if (name.empty() || name.find_first_of(" \t,") != std::string_view::npos)
      file.refuse(n, "got " + in_quotes(name) + ", want a name without blanks or commas");
    if (!names.emplace(name, static_cast<Node>(n)).second)
      file.refuse(n, in_quotes(name) + " names another node already");
    data.node_names.emplace_back(name);
  }
  return names;
}

Node node_of(const TextFile& file, Index n, std::string_view text, Index nodes, const Names& names) {
  if (!names.empty()) {
    const auto found = names.find(text);
    if (found == names.end()) file.refuse(n, in_quotes(text) + " is not among the names of nodes.txt");
    return found->second;
  }
  const auto node = whole_number(text);
  if (!node) file.refuse(n, "got " + in_quotes(text) + ", want the number of a node");
  if (*node < 0 || *node >= nodes)
    file.refuse(n, "node " + std::to_string(*node) + " is out of range, want 0 … " + std::to_string(nodes - 1));
  return static_cast<Node>(*node);
}

bool is_edge_header(const Fields& fields) {
  const auto either = [](std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
  };
  return fields.size() == 2 && either(fields[0], {"source", "src", "from"}) &&
         either(fields[1], {"target", "dst", "to"});
}

void read_edges(const TextFile& file, const Names& names, Dataset& data) {
  const auto nodes = static_cast<Index>(data.labels.size());
  std::vector<NodePair> edges;
  Fields fields;
  for (Index n = 0; n < file.lines(); ++n) {
    if (is_comment(file.line(n))) {
      data.directed |= trimmed(file.line(n)) == "# directed";
      continue;
    }
    cut_fields(file.line(n), fields);
    if (fields.empty() || (n == 0 && is_edge_header(fields))) continue;
    if (fields.size() != 2)
      file.refuse(n, "got " + std::to_string(fields.size()) + " fields, want two: source and target");
    const Node source = node_of(file, n, fields[0], nodes, names), target = node_of(file, n, fields[1], nodes, names);
    edges.emplace_back(target, source);  // (target, source)
  }
  data.graph = from_edges(nodes, edges);
  if (const auto repeated = static_cast<Edge>(edges.size()) - data.graph.edges(); repeated > 0)
    data.notes.push_back(std::to_string(repeated) + " repeated edges are merged");
}

std::vector<Node>* part_named(Split& split, std::string_view word) {
  if (word == "train") return &split.train;
  if (word == "val" || word == "validation") return &split.validation;
  return word == "test" ? &split.test : nullptr;
}

void read_splits(TextFile& file, const std::string& features, Dataset& data) {
  want_lines(file, data.nodes(), features);
  Fields fields;
  for (Index n = 0; n < file.lines(); ++n) {
    cut_fields(file.line(n), fields);
    if (n == 0) data.splits.resize(fields.size());
    if (fields.empty() || fields.size() != data.splits.size())
      file.refuse(n, "got " + std::to_string(fields.size()) + " words, want " +
                         std::to_string(std::max<std::size_t>(data.splits.size(), 1)) + ": one for each split");
    for (std::size_t k = 0; k < fields.size(); ++k) {
      if (fields[k] == "none" || fields[k] == "-") continue;
      std::vector<Node>* part = part_named(data.splits[k], fields[k]);
      if (part == nullptr) file.refuse(n, "got " + in_quotes(fields[k]) + ", want train, val, test or none");
      if (data.labels[static_cast<std::size_t>(n)] < 0)
        file.refuse(n, "node " + std::to_string(n) + " has no label, so it can't be in " + std::string(fields[k]));
      part->push_back(static_cast<Node>(n));
    }
  }
}

}  // namespace

bool is_plain_text(const fs::path& folder) {
  std::error_code error;  // an impossible path counts as "no such file"
  return std::ranges::any_of(std::initializer_list<const char*>{"edges.txt", "edges.csv", "edges.tsv"},
                             [&](const char* name) { return fs::is_regular_file(folder / name, error); });
}

Dataset read_plain_text(const fs::path& folder) {
  const auto edges = one_of(folder, {"edges.txt", "edges.csv", "edges.tsv"});
  if (!edges) refuse_file(folder, "", "there are no edges: want edges.txt, edges.csv or edges.tsv, a line for each");
  Dataset data;
  data.name = fs::weakly_canonical(folder).filename().string();
  data.format = "plain";
  const std::string features = read_nodes(folder, data);

  std::optional<TextFile> nodes;  // the names are views into it
  Names names;
  if (fs::exists(folder / "nodes.txt")) names = read_names(nodes.emplace(folder / "nodes.txt"), features, data);
  read_edges(TextFile(*edges), names, data);
  if (fs::exists(folder / "split.txt")) {
    TextFile file(folder / "split.txt");
    read_splits(file, features, data);
  }
  return data;
}

constinit const Format formats::plain_text{
    .wants = "a folder with edges.txt and features.svmlight or features.csv",
    .is =
        [](const fs::path& path) {
          if (!is_folder(path))
            return path.stem() == "edges" && path.has_extension() && is_plain_text(path.parent_path());
          return is_plain_text(path) || fs::exists(path / "features.svmlight") || fs::exists(path / "features.csv");
        },
    .read = [](const fs::path& path) { return read_plain_text(is_folder(path) ? path : path.parent_path()); },
    .listed = [](const fs::path& entry) -> std::optional<NamedDataset> {
      if (!is_folder(entry) || !is_plain_text(entry)) return std::nullopt;
      return NamedDataset{entry.filename().string(), entry};
    }};

}  // namespace mercer
