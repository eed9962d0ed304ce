#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mercer/base/option_list.hpp"
#include "mercer/data/dataset.hpp"
#include "mercer/data/fingerprint.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/experiment/node_features.hpp"
#include "mercer/experiment/node_keys.hpp"
#include "mercer/experiment/split_plan.hpp"
#include "mercer/partition/partition.hpp"

namespace mercer {

/// An edge that the data list k times is one edge (merge) or k edges (count).
enum class RepeatedEdges { merge, count };
inline constexpr Choice<RepeatedEdges> repeated_edges_choices[]{{"merge", RepeatedEdges::merge},
                                                                {"count", RepeatedEdges::count}};

/// What becomes of the features of edges, where the model reads some.
enum class EdgeFeatures { standardise, raw, ignore };
inline constexpr Choice<EdgeFeatures> edge_features_choices[]{
    {"standardise", EdgeFeatures::standardise}, {"raw", EdgeFeatures::raw}, {"ignore", EdgeFeatures::ignore}};

/// What is learned of the nodes: a class, several labels, or real numbers.
inline constexpr Choice<LabelKind> task_choices[]{
    {"classes", LabelKind::classes}, {"multi-label", LabelKind::several}, {"regression", LabelKind::real}};

/// How the nodes are numbered for training; results keep the numbers of the data.
enum class NodeOrder {
  given,        // as in the data
  automatic,    // by communities where that pays (chosen_order)
  communities,  // by communities (community_order)
};
inline constexpr Choice<NodeOrder> node_order_choices[]{
    {"auto", NodeOrder::automatic}, {"communities", NodeOrder::communities}, {"given", NodeOrder::given}};

/// How to prepare the data; absent choices follow from the data.
struct DataChoice {
  std::string data{};                                       // a name, a path, "planted" or "karate"
  std::string path{};                                       // absolute, where the name was found; empty: not looked for
  std::optional<bool> symmetrise{};                         // default: unless the source is directed
  std::optional<bool> loops{};                              // default: yes
  std::optional<bool> keep_loops{};                         // without loops: are those of the data kept? default: no
  std::optional<RepeatedEdges> duplicates{};                // default: merge
  std::optional<bool> largest_component{};                  // default: where published results use that part
  std::optional<bool> normalise_features{};                 // default: when at least 3/4 of the values are zeros
  std::optional<std::variant<Index, NodeOrder>> reorder{};  // or by so many parts (METIS); default: given
  std::optional<bool> standardise_features{};               // default: of dense sequences yes, else no
  std::optional<NodeFeatures> features{};                   // in place of those of the data
  std::optional<std::string> encoding{};        // "random-walk:8" or "laplacian:8", beside the features; default: none
  std::optional<EdgeFeatures> edge_features{};  // default: standardised, where the model reads them
  std::optional<LabelKind> task{};              // default: as the labels are
  std::optional<std::string> positive{};        // of two classes the second, which average precision is of
  std::optional<std::string> split{};           // "0", "1" …, "0,2,5" or "all"; of folds too
  std::optional<std::string> split_random{};  // "per-class:20,30", "per-class:20,500,1000", "share:0.6,0.2", "folds:5"
  std::optional<std::uint64_t> split_seed{};  // of the random split; default: that of the run, for folds 0
  /// Of the training part of a given split without a validation part; default: 0.2 of sequences, 0 of nodes.
  std::optional<double> validation_share{};

  void declare(OptionList& list);  // all but name and path
};

inline constexpr double usual_validation_share = 0.2;  // of training sequences

/// Is the order of the nodes left to what pays?
bool chooses_order(const DataChoice& choice);

/// A data set, prepared for training.
struct Prepared {
  Dataset data{};
  bool symmetrise = true, loops = true, largest_component = false, normalise_features = false;  // what was done
  bool standardise_features = false, lacks_scaling = false;  // scales of columns far apart, or large ones
  RepeatedEdges duplicates = RepeatedEdges::merge;
  std::optional<NodeFeatures> features{};
  std::optional<EdgeFeatures> edge_features{};  // as asked for
  ColumnScales edge_scales{};                   // by which the edges' features were standardised; empty: not so
  double validation_share = 0;                  // of the training part, moved to the validation
  /// By which features were standardised; empty when they were not. Those of sequences wait for the training part.
  ColumnScales scales{};
  SplitPlan plan{};
  std::vector<Node> source_nodes{};  // the source's number of each node; empty when they are the same
  std::vector<Node> order{};         // the number of each node before they were reordered; empty when they were not
  Partition parts{};                 // of an order by parts: runs of nodes
  std::string place{};               // see dataset_place; empty for data in memory
  Fingerprint source{};              // of the data as they were read
  NodeKeys source_keys{};            // of all their nodes; empty where names say no more than numbers
  std::vector<std::string> notes{};  // what was done, a line each

  Node source_node(Index i) const {
    return source_nodes.empty() ? static_cast<Node>(i) : source_nodes.at(static_cast<std::size_t>(i));
  }
};

/// The place of a choice's data: its path, unless the name is an absolute path; by the name when the path is no more.
/// Throws FileError.
std::string place_of(const DataChoice& choice);

/// Loads the data set that the choice names and prepares it. Throws FileError, ValueError.
Prepared prepare(const DataChoice& choice);

/// The labels as the task wants them: classes become one target of 0 and 1 each, or the numbers that are their names.
/// Throws ValueError when they can't be, and for labels in doubt without a task.
Dataset with_task(Dataset data, std::optional<LabelKind> task);
/// The two classes in that order in which `positive` is the second. Throws ValueError for other data and names.
Dataset with_positive(Dataset data, const std::string& positive);
/// Whole numbers that are many classes, with --task regression as the way out, or empty: more than 100, or more than 20
/// that have fewer than 10 examples each on average.
std::string note_of_many_classes(const Dataset& data);

/// Prepares data in memory; `choice.data` is not read. Features of nodes and edges are standardised by `scales` and
/// `edge_scales`, absent: by their own. Features that are a column for each node are those of the nodes of these names,
/// where the data name theirs too. Throws ValueError.
Prepared prepare(Dataset data, const DataChoice& choice, const ColumnScales* scales = nullptr,
                 const ColumnScales* edge_scales = nullptr, const std::vector<std::string>& names_of_columns = {});

/// The split of seed number `turn`. Throws ValueError.
ChosenSplit split_of(const Prepared& prepared, std::uint64_t seed, Index turn);

/// The option that gives validation examples where that split of the plan has none, and what it does.
std::string way_to_validation(const Prepared& prepared, const Split& split);

/// Throws ValueError when there are no classes or no training nodes.
void check_trainable(const Dataset& data, const Split& split);

}  // namespace mercer
