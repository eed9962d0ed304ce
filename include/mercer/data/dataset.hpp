#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "mercer/graph/csr.hpp"
#include "mercer/tensor/sparse_matrix.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer {

/// Numbers of examples, nodes or items, in the order of the source. The three are disjoint.
struct Split {
  std::vector<Node> train, validation, test;
};

/// Sparse when the source is sparse or most values are zero.
using Features = std::variant<SparseMatrix, Tensor>;

/// What the labels are: one class of each, several labels of 0 or 1, or real numbers.
enum class LabelKind { classes, several, real };

/// The labels as another task reads them: lists of labels as real numbers, −1 as a number, rows with a single 1 …
struct LabelReading {
  LabelKind kind = LabelKind::real;
  Tensor targets{};                        // [n, t], NaN where unknown; none for classes
  std::vector<std::int32_t> labels{};      // [n] for classes, −1 for none
  std::vector<std::string> class_names{};  // [t]
  std::vector<std::string> notes{};
  Index noted_unlabelled = 0;  // see Dataset
  std::string problem{};       // why they can't be read so, "FILE: PLACE: what"; empty when they can
};

/// Features and labels of examples. These are the nodes of a graph, or items: runs of rows, such as a sequence of
/// positions, with one label each. The nodes of a set of items are the rows of all of them, without edges.
struct Dataset {
  std::string name;    // "cora"
  std::string format;  // "planetoid", "gnn-benchmark", "heterophilous", "linqs", "plain", "torch", "ts", "karate" …
  Csr graph;           // square; neighbours ascending, duplicates merged
  std::vector<Real> edge_weights;  // [edges] in the order of the graph's edge slots; empty when there are none
  Tensor edge_features;            // [edges, f] likewise; empty when there are none
  std::vector<std::string> edge_feature_names;  // [f] when the source names them, else empty
  std::vector<std::int32_t> edge_counts;  // [edges] how often the source has each edge; empty when each stands once
  /// [Σ edge_counts, f] features of all edges of the source, those of a slot together, in its order; edge_features has
  /// their means. Empty when each stands once, or when the source has no more than means.
  Tensor repeated_features;
  /// (target, source) of each edge in the order of the source, repeated ones too; empty when that is the graph's order.
  /// prepare() drops it.
  std::vector<std::pair<Node, Node>> edge_list;
  bool directed = false;           // the source says that its edges mean one way only: symmetrising would spoil them
  bool largest_component = false;  // published results on such sets are for the largest component alone
  Features features;               // [n, f]
  std::vector<Index> item_offset;  // [items + 1] item a has the rows offset[a] … offset[a + 1] − 1; empty: no items
  std::vector<std::int32_t> labels;      // [examples], 0 … classes − 1, or −1 for none
  std::vector<std::string> class_names;  // [classes]
  /// Labels of nodes that are no classes: `targets` holds 0 or 1 of each of several, or real numbers, NaN where
  /// unknown; class_names are the names of its columns, labels 0 where a node has any, else −1.
  LabelKind label_kind = LabelKind::classes;
  Tensor targets;           // [n, t]; empty for classes
  std::string label_doubt;  // what speaks against that kind, so that it is taken only where it is asked for; or empty
  /// Where a task that is asked for reads the source otherwise, or dispels the doubt; prepare() drops them.
  std::vector<LabelReading> other_readings;
  std::vector<Split> splits;               // as given by the source; may be empty
  std::optional<Index> first_index;        // svmlight: what the source calls column 0; its last index is the width
  std::vector<std::string> feature_names;  // [f] when the source names its features, else empty
  std::vector<std::string> node_names;     // [examples] when the source names them, else empty
  std::vector<std::string> notes;          // what the reader skipped or mended, a line each
  std::vector<std::string> label_notes;    // those of them on this reading of the labels; another one has its own
  Index noted_unlabelled = 0;              // the most examples without a label that one of the label_notes counts
  Index left_out_of_splits = 0;            // examples without a label that are in no part, which a note counts
  std::string no_labels_note;  // that of the notes on what would give labels, where nothing has one; else empty
  std::string repeats_note;    // that of the notes on repeated edges, which are merged; else empty

  Index nodes() const { return graph.rows(); }
  bool has_items() const { return !item_offset.empty(); }
  Index examples() const { return has_items() ? static_cast<Index>(item_offset.size()) - 1 : nodes(); }
  bool has_edge_features() const { return edge_features.columns() > 0; }
  bool has_repeated_features() const { return repeated_features.columns() > 0; }
  const char* example_in_words() const { return has_items() ? "sequence" : "node"; }
  const char* examples_in_words() const { return has_items() ? "sequences" : "nodes"; }
  Index feature_count() const;
  Index classes() const { return static_cast<Index>(class_names.size()); }
};

/// Adds a note on this reading of the labels, which may say how many examples have none.
void add_label_note(Dataset& data, std::string note, Index unlabelled = 0);
/// Adds the notes of a reading that is taken.
void add_label_notes(Dataset& data, const LabelReading& taken);
/// Removes the notes on this reading of the labels, before another one is taken.
void drop_label_notes(Dataset& data);

/// Puts a note in the place of another one, which is dropped where `now` is empty.
void change_note(Dataset& data, const std::string& note, const std::string& now);

/// The most rows of an item; 0 without items.
Index longest_item(const Dataset& data);

/// The names of the edges' features, or feature_1 … where they have none.
std::vector<std::string> edge_feature_names(const Dataset& data);

/// Throws ValueError "[op] NAME: …" for a set of items.
void require_graph(const char* op, const Dataset& data);

}  // namespace mercer
