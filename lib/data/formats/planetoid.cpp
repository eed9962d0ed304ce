#include "data/formats/planetoid.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "data/assemble.hpp"
#include "data/files/pickled_arrays.hpp"
#include "data/files/pickled_rows.hpp"
#include "data/files/read_file.hpp"
#include "data/formats.hpp"

namespace mercer {

namespace fs = std::filesystem;

namespace {

constexpr Index validation_nodes = 500;
constexpr std::array<std::string_view, 8> file_endings{".x",    ".y",    ".tx",    ".ty",
                                                       ".allx", ".ally", ".graph", ".test.index"};

/// "…/ind.cora" from the prefix itself or any of its files; nothing for other names.
std::optional<fs::path> planetoid_prefix(const fs::path& path) {
  std::string name = path.filename().string();
  for (const std::string_view ending : file_endings)
    if (name.ends_with(ending)) {
      name.erase(name.size() - ending.size());
      break;
    }
  if (!name.starts_with("ind.") || name.size() <= 4) return std::nullopt;
  return path.parent_path() / name;
}

fs::path member(const fs::path& prefix, std::string_view suffix) {
  return fs::path(prefix.string() + std::string(suffix));
}

/// A node id, perhaps written as 7.0 or 7.000e+00, as numpy.savetxt does; −1 for anything else.
Node node_id(std::string_view word) {
  double number = -1;
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole = error == std::errc{} && stop == word.data() + word.size() && number == std::floor(number);
  return whole && number >= 0 && number < std::numeric_limits<Node>::max() ? static_cast<Node>(number) : -1;
}

/// One node id per line, in the order of the rows of tx.
std::vector<Node> read_test_ids(const fs::path& file) {
  const std::string text = read_file(file);
  std::vector<Node> ids;
  std::size_t line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view word(text.data() + begin, end - begin);
    while (!word.empty() && (word.back() == '\r' || word.back() == ' '))
      word.remove_suffix(1);
    begin = end + 1;
    if (word.empty()) continue;
    const Node id = node_id(word);
    if (id < 0) refuse_file(file, "line " + std::to_string(line), "got " + in_quotes(word) + ", want a node id");
    ids.push_back(id);
  }
  return ids;
}

/// The row of tx for each node from `first` on; −1 for a node without a row.
std::vector<Index> rows_of_nodes(const fs::path& file, const std::vector<Node>& ids, Index first, Index nodes) {
  std::vector<Index> row(static_cast<std::size_t>(nodes - first), -1);
  for (std::size_t r = 0; r < ids.size(); ++r) {
    if (ids[r] < first || ids[r] >= nodes)
      refuse_file(file, "line " + std::to_string(r + 1),
                  "node " + std::to_string(ids[r]) + " is out of range, want " + std::to_string(first) + " … " +
                      std::to_string(nodes - 1));
    Index& place = row[static_cast<std::size_t>(ids[r] - first)];
    if (place >= 0)
      refuse_file(file, "line " + std::to_string(r + 1), "names node " + std::to_string(ids[r]) + " twice");
    place = static_cast<Index>(r);
  }
  return row;
}

std::string number_text(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

/// Features and labels of some nodes: ind.NAME.{allx, ally} or {tx, ty}.
struct Part {
  fs::path features, labels;
  PickledRows x;
  std::vector<std::int32_t> y;  // [rows]; −1: none
  std::optional<Index> marks;   // columns of labels that have a 1 in the column of the class

  Part(const fs::path& prefix, std::string_view x_suffix, std::string_view y_suffix)
      : features(member(prefix, x_suffix)), labels(member(prefix, y_suffix)), x(pickled_rows(Pickle(features))) {
    const Pickle pickle(labels);
    const NpyArray array = pickled_array(pickle, "", pickle.root());
    if (array.shape.size() != 1 && array.shape.size() != 2)
      refuse_file(labels, "", "has " + std::to_string(array.shape.size()) + " dimensions, want 1 or 2");
    if (array.shape[0] != x.rows)
      refuse_file(labels, "",
                  "labels " + std::to_string(array.shape[0]) + " nodes, want the " + std::to_string(x.rows) + " of " +
                      features.filename().string());
    if (array.shape.size() == 1)
      y = checked_labels(array.source, array.as<std::int64_t>());
    else
      read_marks(array);
  }

  /// The class of each row of marks; −1 for a row of zeros.
  void read_marks(const NpyArray& array) {
    marks = array.shape[1];
    if (*marks > most_classes)
      refuse_file(labels, "",
                  "has " + std::to_string(*marks) + " classes, want at most " + std::to_string(most_classes));
    if (*marks == 0 && x.rows > 0) refuse_file(labels, "", "has no columns, want one for each class");
    y.assign(static_cast<std::size_t>(x.rows), -1);
    const std::vector<double> items = array.as<double>();
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i] == 0) continue;
      const std::size_t r = i / static_cast<std::size_t>(*marks), c = i % static_cast<std::size_t>(*marks);
      if (items[i] != 1 || y[r] >= 0)
        refuse_file(
            labels, "row " + std::to_string(r) + ", column " + std::to_string(c),
            "got " + number_text(items[i]) + (items[i] == 1 ? " a second time" : "") + ", want a single 1 in a row");
      y[r] = static_cast<std::int32_t>(c);
    }
  }

  /// Throws unless both parts have the same numbers of words and classes.
  void check_like(const Part& all) const {
    if (x.columns != all.x.columns)
      refuse_file(features, "'_shape'",
                  "has " + std::to_string(x.columns) + " columns, " + all.features.filename().string() + " has " +
                      std::to_string(all.x.columns));
    if (marks.has_value() != all.marks.has_value())
      refuse_file(labels, "",
                  "has " + std::string(marks ? "a column for each class" : "numbers of classes") +
                      ", want the same form as " + all.labels.filename().string());
    if (marks != all.marks)
      refuse_file(labels, "",
                  "has " + std::to_string(*marks) + " classes, " + all.labels.filename().string() + " has " +
                      std::to_string(*all.marks));
  }

  void add_row(FeatureRows& rows, Index r) const {
    const auto row = static_cast<std::size_t>(r);
    rows.begin_row(r);
    for (auto e = static_cast<std::size_t>(x.offset[row]); e < static_cast<std::size_t>(x.offset[row + 1]); ++e)
      rows.add(x.column[e], x.value[e]);
    rows.end_row();
  }

  std::int32_t label(Index r) const { return y[static_cast<std::size_t>(r)]; }
};

std::vector<Node> node_range(Index first, Index last) {
  std::vector<Node> nodes;
  for (Index i = first; i < last; ++i)
    nodes.push_back(static_cast<Node>(i));
  return nodes;
}

/// Both directions of every entry, without loops; the notes list what was repaired.
Csr simple_graph(StoredAdjacency stored, std::vector<std::string>& notes) {
  const Index nodes = stored.nodes;
  if (const Index missing = nodes - static_cast<Index>(stored.keys.size()); missing > 0)
    notes.push_back("nodes without neighbours, left out of the graph: " + std::to_string(missing));
  const std::size_t loops = std::erase_if(stored.entries, [](const NodePair& e) { return e.first == e.second; });
  if (loops > 0) notes.push_back("entries left out because they join a node to itself: " + std::to_string(loops));
  const std::size_t entries = stored.entries.size();
  const Csr merged = from_edges(nodes, stored.entries);
  stored.entries = {};
  if (const auto repeated = entries - static_cast<std::size_t>(merged.edges()); repeated > 0)
    notes.push_back("repeated entries merged: " + std::to_string(repeated));
  Csr graph = symmetrised(merged);
  if (const Edge added = graph.edges() - merged.edges(); added > 0)
    notes.push_back("entries added to make the graph undirected: " + std::to_string(added));
  return graph;
}

/// Sets features and labels of all nodes.
void fill_nodes(Dataset& set, const Part& all, const Part& test, const std::vector<Index>& test_rows) {
  FeatureRows features(all.features, "", all.x.columns);
  features.reserve(set.nodes(), static_cast<Edge>(all.x.value.size() + test.x.value.size()));
  set.labels.reserve(static_cast<std::size_t>(set.nodes()));
  for (Index i = 0; i < all.x.rows; ++i) {
    all.add_row(features, i);
    set.labels.push_back(all.label(i));
  }
  features.now_from(test.features, "");
  for (const Index row : test_rows) {
    if (row < 0)
      features.end_row();
    else
      test.add_row(features, row);
    set.labels.push_back(row < 0 ? -1 : test.label(row));
  }
  set.features = in_fitting_form(std::move(features).matrix());
}

/// The number of training nodes: the rows of y.
Index training_nodes(const fs::path& prefix, const Part& all) {
  const Part train(prefix, ".x", ".y");
  train.check_like(all);
  if (train.x.rows > all.x.rows)
    refuse_file(
        train.features, "'_shape'",
        "has " + std::to_string(train.x.rows) + " rows, more than the " + std::to_string(all.x.rows) + " of all");
  return train.x.rows;
}

}  // namespace

bool is_planetoid(const fs::path& path) {
  const auto prefix = planetoid_prefix(path);
  std::error_code ignored;
  return prefix && std::ranges::any_of(file_endings, [&](std::string_view suffix) {
           return fs::is_regular_file(member(*prefix, suffix), ignored);
         });
}

Dataset read_planetoid(const fs::path& path) {
  const auto prefix = planetoid_prefix(path);
  if (!prefix) refuse_file(path, "", "want the name of a Planetoid file or their prefix, as in 'ind.cora'");
  Dataset set;
  set.name = prefix->filename().string().substr(4);
  set.format = "planetoid";

  const Part all(*prefix, ".allx", ".ally"), test(*prefix, ".tx", ".ty");
  test.check_like(all);
  const Index train = training_nodes(*prefix, all);
  const fs::path index_file = member(*prefix, ".test.index");
  std::vector<Node> test_ids = read_test_ids(index_file);
  if (static_cast<Index>(test_ids.size()) != test.x.rows)
    refuse_file(index_file, "",
                "names " + std::to_string(test_ids.size()) + " nodes, want the " + std::to_string(test.x.rows) +
                    " of " + test.features.filename().string());

  const fs::path graph_file = member(*prefix, ".graph");
  set.graph = simple_graph(read_planetoid_graph(graph_file, all.x.rows + test.x.rows), set.notes);
  const std::vector<Index> test_rows = rows_of_nodes(index_file, test_ids, all.x.rows, set.nodes());

  fill_nodes(set, all, test, test_rows);
  set.class_names = numbered_classes(all.marks ? *all.marks : classes_of(set.labels));
  if (const auto gaps = std::ranges::count(test_rows, Index{-1}); gaps > 0)
    set.notes.push_back("nodes without features and label, in neither allx nor tx: " + std::to_string(gaps));

  const Index validation_end = std::min(train + validation_nodes, all.x.rows);
  set.splits.push_back({node_range(0, train), node_range(train, validation_end), std::move(test_ids)});
  return set;
}

constinit const Format formats::planetoid{
    .wants = "ind.NAME.*",
    .is = [](const fs::path& path) { return !is_folder(path) && is_planetoid(path); },
    .read = read_planetoid,
    .listed = [](const fs::path& entry) -> std::optional<NamedDataset> {
      const std::string file = entry.filename().string();
      if (!file.starts_with("ind.") || !file.ends_with(".graph") || is_folder(entry)) return std::nullopt;
      return NamedDataset{entry.stem().string().substr(4), entry.parent_path() / entry.stem()};
    }};

}  // namespace mercer
