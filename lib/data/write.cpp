#include "mercer/data/write.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <string>
#include <string_view>

#include "data/files/text_table.hpp"
#include "data/labels/signs.hpp"
#include "data/number_text.hpp"
#include "data/tables/column_names.hpp"
#include "data/tables/edge_columns.hpp"
#include "data/tables/part_names.hpp"
#include "data/write_sequences.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/base/whole_file.hpp"
#include "mercer/data/vocabulary.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

/// A name as a field of a row: in quotes where it holds a separator, a quote or the sign of a comment (#, %, //).
std::string field_of(const std::string& name) {
  if (name.find_first_of(" \t,;\"#%") == std::string::npos && !name.starts_with("//")) return name;
  std::string text = "\"";
  for (const char c : name)
    text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

/// What a node is called in a table.
std::string node_of(const Dataset& data, Index i) {
  return data.node_names.empty() ? std::to_string(i) : field_of(data.node_names[static_cast<std::size_t>(i)]);
}

/// Names of the edges' features that a header can hold: one that would be read as something else, or twice, gives way
/// to feature_N.
std::vector<std::string> edge_names_of(const Dataset& data) {
  std::vector<std::string> names = edge_feature_names(data);
  std::set<std::string> taken;
  std::vector<std::size_t> others;
  for (std::size_t c = 0; c < names.size(); ++c)
    if (!can_be_edge_feature(names[c]) || !taken.insert(names[c]).second) others.push_back(c);
  for (const std::size_t c : others) {
    names[c] = "feature_" + std::to_string(c + 1);
    while (!taken.insert(names[c]).second)
      names[c] += "_";
  }
  return names;
}

std::string edge_header(const Dataset& data) {
  std::string text = data.edge_weights.empty() ? "source target" : "source target weight";
  for (const std::string& name : edge_names_of(data))
    text += " " + field_of(name);
  return text + "\n";
}

/// The weight of the n-th of so many lines of an edge, whose sum, in their order, is the weight to the same bits.
Real share_of(Real weight, std::int32_t n, std::int32_t times) {
  const Real share = weight / static_cast<Real>(times);
  if (n + 1 < times || times == 1) return share;
  Real sum = 0;
  for (std::int32_t k = 0; k < n; ++k)
    sum += share;
  return weight - sum;  // exact: the sum is at least half of the weight
}

/// Is no edge at the node 0, so that numbers could count from 1?
bool may_count_from_one(const Dataset& data) {
  bool has_zero = false;
  for_each_edge(data.graph.view(), [&](Node i, Node j, Edge) { has_zero = has_zero || i == 0 || j == 0; });
  return data.node_names.empty() && data.graph.edges() > 0 && !has_zero;
}

std::string edges_of(const Dataset& data) {
  std::string text = data.directed ? "# directed\n" : "";
  if (may_count_from_one(data)) text += "# nodes are counted from 0\n";
  text += "# source target: an edge from source to target\n";
  if (data.has_edge_features()) text += edge_header(data);
  Edge line = 0;
  for_each_edge(data.graph.view(), [&](Node i, Node j, Edge e) {
    const auto slot = static_cast<std::size_t>(e);
    const std::int32_t times = data.edge_counts.empty() ? 1 : data.edge_counts[slot];
    for (std::int32_t n = 0; n < times; ++n) {  // weights of repeated edges are added when they are read
      text += node_of(data, j) + " " + node_of(data, i);
      if (!data.edge_weights.empty()) append_number(text += " ", share_of(data.edge_weights[slot], n, times));
      for (Index c = 0; c < data.edge_features.columns(); ++c)
        append_number(text += " ",
                      data.has_repeated_features() ? data.repeated_features(line, c) : data.edge_features(e, c));
      text += "\n";
      ++line;
    }
  });
  return text;
}

/// Indices count from 1. An empty last column is written once, with value 0, so that the width reads back.
std::string svmlight_of(const SparseMatrix& x) {
  std::string text;
  const SparseView at = x.view();
  const bool open_end = std::ranges::find(x.column(), x.columns() - 1) == x.column().end();
  for (Index i = 0; i < x.rows(); ++i) {
    const std::size_t start = text.size();
    const auto entry = [&](Index column, Real value) {
      text += (text.size() == start ? "" : " ") + std::to_string(column + 1) + ":";
      append_number(text, value);
    };
    for (Edge e = at.offset[i]; e < at.offset[i + 1]; ++e)
      entry(at.column[e], at.value[e]);
    if (i == 0 && open_end && x.columns() > 0) entry(x.columns() - 1, 0);
    text += "\n";
  }
  return text;
}

bool can_be_names(const std::vector<std::string>& names) {
  return std::set<std::string>(names.begin(), names.end()).size() == names.size() &&
         std::ranges::none_of(names, [](const std::string& name) {
           return trimmed(name) != name || name.empty() || name.find_first_of("\r\n") != std::string::npos;
         });
}

/// Would a column of this name be read as a mask?
bool names_mask(std::string_view name) {
  const auto named = part_of_name(name);
  return named && !named->is_doubtful();
}

/// Can the names stand as a header? They must not be taken for values, or for the name of an id or a label.
bool can_be_header(const std::vector<std::string>& names) {
  return !names.empty() && can_be_names(names) && std::ranges::none_of(names, [](const std::string& name) {
    double number = 0;
    const auto end = std::from_chars(name.data(), name.data() + name.size(), number).ptr;
    return end == name.data() + name.size() || is_missing(name) || role_among_features(name) != Role::other ||
           names_mask(name);
  });
}

std::string csv_of(const Tensor& x, const std::vector<std::string>& names) {
  std::string text;
  if (can_be_header(names)) {
    for (const std::string& name : names)
      text += (text.empty() ? "" : ",") + field_of(name);
    text += "\n";
  }
  for (Index i = 0; i < x.rows(); ++i) {
    for (Index c = 0; c < x.columns(); ++c) {
      if (c > 0) text += ",";
      append_number(text, x(i, c));
    }
    text += "\n";
  }
  return text;
}

std::string labels_of(const Dataset& data) {
  std::vector<std::string_view> names;
  const char* const none = column_of_classes(data, names).is_none("-") ? "-" : "?";
  std::string text;
  for (const auto label : data.labels)
    text += (label < 0 ? std::string(none) : field_of(data.class_names[static_cast<std::size_t>(label)])) + "\n";
  return text;
}

/// A comment that says the task, since whole numbers could be classes, and rows with a single 1, too. A header of
/// names, then a row of numbers for each node; what is unknown is an empty field.
std::string targets_of(const Dataset& data) {
  std::string text = data.label_kind == LabelKind::real ? "# task: regression\nnode" : "# task: multi-label\nnode";
  for (const std::string& name : data.class_names)
    text += "," + field_of(name);
  for (Index i = 0; i < data.targets.rows(); ++i) {
    text += "\n" + node_of(data, i);
    for (Index c = 0; c < data.targets.columns(); ++c) {
      text += ",";
      if (!std::isnan(data.targets(i, c))) append_number(text, data.targets(i, c));
    }
  }
  return text + "\n";
}

std::string splits_of(const Dataset& data) {
  std::vector<std::string> words(static_cast<std::size_t>(data.nodes()));
  for (const Split& split : data.splits) {
    std::vector<const char*> part(words.size(), "-");
    for (const Node i : split.train)
      part[static_cast<std::size_t>(i)] = "train";
    for (const Node i : split.validation)
      part[static_cast<std::size_t>(i)] = "val";
    for (const Node i : split.test)
      part[static_cast<std::size_t>(i)] = "test";
    for (std::size_t i = 0; i < words.size(); ++i)
      words[i] += (words[i].empty() ? "" : " ") + std::string(part[i]);
  }
  std::string text;
  for (const std::string& line : words)
    text += line + "\n";
  return text;
}

void check_class_names(const Dataset& data) {
  std::vector<std::string_view> names;
  const LabelColumn column = column_of_classes(data, names);
  for (const std::string& name : data.class_names) {
    const bool plain =
        !name.empty() && name.front() != ' ' && name.back() != ' ' && name.find_first_of("\t\r\n") == std::string::npos;
    require(plain, "write_dataset",
            "got the class name " + in_quotes(name) + ", want one that a line of text can hold");
    require(
        !column.is_none(name) && (name != "-1" || column.minus_one == MinusOne::a_class), "write_dataset",
        "got the class name " + in_quotes(name) + ", which is read as no label from text: want another name, or .npz");
  }
}

std::string lines_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += field_of(name) + "\n";
  return text;
}

void write_files(const Dataset& data, const fs::path& folder) {
  write_whole(folder / "edges.txt", edges_of(data));
  if (const auto* dense = std::get_if<Tensor>(&data.features); dense != nullptr && dense->columns() > 0)
    write_whole(folder / "features.csv", csv_of(*dense, data.feature_names));
  else if (dense != nullptr)
    write_whole(folder / "features.svmlight", std::string(static_cast<std::size_t>(data.nodes()), '\n'));
  else
    write_whole(folder / "features.svmlight", svmlight_of(std::get<SparseMatrix>(data.features)));
  if (data.label_kind != LabelKind::classes)
    write_whole(folder / "labels.csv", targets_of(data));
  else if (data.classes() > 0)
    write_whole(folder / "labels.txt", labels_of(data));
  if (!data.splits.empty()) write_whole(folder / "split.txt", splits_of(data));
  if (!data.node_names.empty()) write_whole(folder / "nodes.txt", lines_of(data.node_names));
  const bool in_header = std::holds_alternative<Tensor>(data.features) && can_be_header(data.feature_names);
  if (!data.feature_names.empty() && !in_header && can_be_names(data.feature_names))
    write_whole(folder / "feature_names.txt", lines_of(data.feature_names));
}

/// The classes that no node has, "a, b".
std::string empty_classes(const Dataset& data) {
  if (data.label_kind != LabelKind::classes) return {};
  std::vector<bool> has_node(data.class_names.size(), false);
  for (const std::int32_t label : data.labels)
    if (label >= 0) has_node[static_cast<std::size_t>(label)] = true;
  std::string names;
  for (std::size_t c = 0; c < has_node.size(); ++c)
    if (!has_node[c]) names += (names.empty() ? "" : ", ") + listed_name(data.class_names[c]);
  return names;
}

/// Of texts as they were read: what a file of them has in place of the words of the source.
std::vector<std::string> lost_words(const Dataset& data) {
  if (data.format != "text" || !has_tokens(data)) return {};
  const auto column = std::get<SparseMatrix>(data.features).column();
  const auto unknown =
      data.feature_names.front() == unknown_word ? std::ranges::count(column, Node{0}) : std::ptrdiff_t{0};
  return {"words are written as they are read: in lower case" +
          (unknown > 0 ? ", and " + std::to_string(unknown) + " of " + std::to_string(data.nodes()) + " as " +
                             std::string(unknown_word) + ", which the vocabulary lacks"
                       : "")};
}

}  // namespace

std::vector<std::string> lost_in_text(const Dataset& data) {
  if (data.has_items()) return lost_words(data);
  std::vector<std::string> lost;
  const std::vector<std::string> names = edge_feature_names(data), written = edge_names_of(data);
  for (std::size_t c = 0; c < names.size(); ++c)
    if (names[c] != written[c])
      lost.push_back("the feature of edges " + in_quotes(names[c]) + " is named " + written[c] +
                     ": a header of text would be read as something else");
  if (!can_be_names(data.node_names)) lost.emplace_back("the names of the nodes are left out: text can't hold them");
  if (!data.feature_names.empty() && !can_be_names(data.feature_names))
    lost.emplace_back("the names of the features are left out: text can't hold them");
  if (const std::string names = empty_classes(data); !names.empty())
    lost.push_back("classes that no node has are left out: " + names + "; a .npz keeps them");
  return lost;
}

void write_dataset(const Dataset& data, const fs::path& folder) {
  if (data.has_items()) return write_whole_folder(folder, [&](const fs::path& part) { write_sequences(data, part); });
  check_class_names(data);
  require(data.nodes() > 0, "write_dataset", "a data set without nodes can't be written");
  if (!can_be_names(data.node_names)) {
    Dataset nameless = data;
    nameless.node_names.clear();
    return write_dataset(nameless, folder);
  }
  write_whole_folder(folder, [&](const fs::path& part) { write_files(data, part); });
}

}  // namespace mercer
