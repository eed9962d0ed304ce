#include "mercer/experiment/prepare.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include "base/counted.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/split.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/experiment/encoding.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"
#include "mercer/graph/order.hpp"
#include "mercer/models/build.hpp"
#include "mercer/partition/part.hpp"

namespace mercer {

namespace {

constexpr NumberRange any_seed{0, 0x1p53, "0 to 2^53"};
constexpr NumberRange share_below_one{0, 1 - 0x1p-53, "at least 0 and less than 1"};

void number_by(Prepared& prepared, std::vector<Node> order) {
  std::vector<Node> source;
  for (const Node i : order)
    source.push_back(prepared.source_node(i));
  prepared.data = induced(prepared.data, order);
  prepared.source_nodes = std::move(source);
  prepared.order = std::move(order);
}

void order_by_parts(Prepared& prepared, Index parts) {
  require(parts >= 1, "reorder", "got " + std::to_string(parts) + " parts, want at least 1");
  const Partition cut = partition(prepared.data.graph, {.parts = parts});
  prepared.parts = relabelled(cut);
  number_by(prepared, relabel(cut));
}

std::string percent(double share) { return std::to_string(std::lround(100 * share)) + " %"; }

/// By communities, or as they pay.
void order_by_communities(Prepared& prepared, NodeOrder how) {
  const CsrView g = prepared.data.graph.view();
  ChosenOrder chosen = how == NodeOrder::automatic ? chosen_order(g) : order_of_communities(g);
  const std::string lacks = " of the rows that edges gather";
  const std::string cache = "a cache of " + std::to_string(usual_kept_rows) + " rows ";
  if (!chosen.order.empty()) {
    prepared.notes.push_back("the nodes are ordered by communities: " + cache + "lacks " +
                             percent(chosen.facts.ordered) + lacks + ", in the order of the data " +
                             percent(chosen.facts.given) + "; --reorder given keeps that order");
    number_by(prepared, std::move(chosen.order));
  } else if (chosen.facts.ordered < 1) {
    prepared.notes.push_back("the nodes keep the order of the data, in which " + cache + "lacks " +
                             percent(chosen.facts.given) + lacks + ": ordered by communities " +
                             percent(chosen.facts.ordered) + ", which is too little gain");
  }
}

void reorder(Prepared& prepared, const std::variant<Index, NodeOrder>& how) {
  if (const Index* parts = std::get_if<Index>(&how)) return order_by_parts(prepared, *parts);
  if (std::get<NodeOrder>(how) != NodeOrder::given) order_by_communities(prepared, std::get<NodeOrder>(how));
}

/// Features made of the graph, or scaled by `given`, or else by their own mean and deviation.
void prepare_features(Prepared& prepared, const DataChoice& choice, const ColumnScales* given,
                      const std::vector<std::string>& names_of_columns) {
  Dataset& data = prepared.data;
  if (prepared.features) {
    if (data.feature_count() > 0)
      prepared.notes.push_back("the features of the data give way to --features " +
                               std::string(name_of(*prepared.features, node_features_choices)));
    data = with_features(std::move(data), *prepared.features);
    const bool by_name = !names_of_columns.empty() && !data.feature_names.empty();
    if (by_name && prepared.features == NodeFeatures::identity)
      data = with_identity_of(names_of_columns, std::move(data));
  }
  const bool sparse = std::holds_alternative<SparseMatrix>(data.features);
  prepared.standardise_features = choice.standardise_features.value_or(false);
  prepared.normalise_features = choice.normalise_features.value_or(
      !prepared.features && !prepared.standardise_features && mostly_zeros(data.features));
  require(!prepared.normalise_features || !prepared.standardise_features, "standardise-features",
          "normalise-features is set too, want one of them");
  if (prepared.normalise_features) {
    data = row_normalised(std::move(data));
    prepared.notes.emplace_back("features: each node's values are divided by the sum of their sizes");
  } else if (const std::string note = scales_note(data); !prepared.standardise_features && !note.empty()) {
    prepared.lacks_scaling = true;
    prepared.notes.push_back(note);
  }
  if (choice.encoding) {
    data = with_encoding(std::move(data), *choice.encoding);
    prepared.notes.push_back("features: " + *choice.encoding + " beside them, on the symmetrised graph without loops");
  }
  if (!prepared.standardise_features) return;
  prepared.scales = given != nullptr ? *given : column_scales(data.features);
  data = standardised(std::move(data), prepared.scales);
  prepared.notes.emplace_back(sparse ? "features: each column is divided by its standard deviation; sparse ones keep "
                                       "their zeros, so that no mean is taken off"
                                     : "features: each column has mean 0 and standard deviation 1");
}

void prepare_edges(Prepared& prepared) {
  Dataset& data = prepared.data;
  const Edge before = data.graph.edges();
  if (prepared.symmetrise) {
    data = symmetrised(std::move(data));
    prepared.notes.push_back(before == data.graph.edges() ? "the edges already go both ways"
                                                          : "the edges are symmetrised: " + std::to_string(before) +
                                                                " slots became " + std::to_string(data.graph.edges()));
  } else if (!is_symmetric(data.graph.view())) {
    prepared.notes.emplace_back("the edges are not symmetrised: they go from source to target only");
  }
  if (!prepared.largest_component) return;
  prepared.source_nodes = largest_component(prepared.symmetrise ? data.graph : symmetrised(data.graph));
  prepared.notes.push_back("the largest component alone: " + std::to_string(prepared.source_nodes.size()) + " of " +
                           std::to_string(data.nodes()) + " nodes");
  if (std::ssize(prepared.source_nodes) < data.nodes()) data = induced(data, prepared.source_nodes);
}

void prepare_edge_features(Prepared& prepared, const ColumnScales* given) {
  Dataset& data = prepared.data;
  const EdgeFeatures choice = prepared.edge_features.value_or(EdgeFeatures::standardise);
  if (!data.has_edge_features()) {
    require(!prepared.edge_features || choice == EdgeFeatures::ignore, "edge-features",
            data.name + ": its edges have no features: want further columns in the table of edges, under names");
    return;
  }
  if (choice == EdgeFeatures::ignore) {
    prepared.notes.emplace_back("the features of edges are left out, as --edge-features ignore says");
    data.edge_features = data.repeated_features = {};
    data.edge_feature_names.clear();
  } else if (choice == EdgeFeatures::standardise) {
    const Tensor& all = data.has_repeated_features() ? data.repeated_features : data.edge_features;
    prepared.edge_scales = given != nullptr ? *given : column_scales(Features(all));
    data.edge_features = standardised(std::move(data.edge_features), prepared.edge_scales);
    if (data.has_repeated_features())
      data.repeated_features = standardised(std::move(data.repeated_features), prepared.edge_scales);
  }
}

Edge loops_in(CsrView g) {
  Edge count = 0;
  for_each_edge(g, [&](Node i, Node j, Edge) { count += i == j ? 1 : 0; });
  return count;
}

/// With loops, one of the data is as if it were added: what it is and has is not read, as in PyTorch Geometric.
void prepare_loops(Prepared& prepared, bool keep) {
  require(!keep || !prepared.loops, "keep-loops", "no effect with loops, which every node has once; want --no-loops");
  Dataset& data = prepared.data;
  const Edge stored = loops_in(data.graph.view());
  const std::string own = std::to_string(stored) + (stored == 1 ? " loop" : " loops") + " of the data ";
  const char* are = stored == 1 ? "is" : "are";
  if (prepared.loops) {
    const Edge before = data.graph.edges();
    if (stored > 0) data = without_loops(std::move(data));
    data = with_loops(std::move(data));
    if (const Edge added = data.graph.edges() - before; added > 0)
      prepared.notes.push_back("loops are added to " + counted(added, "node"));
    if (stored > 0) prepared.notes.push_back(own + "count as the loops that are added: each node has one");
  } else if (!keep) {
    data = without_loops(std::move(data));
    if (stored > 0) prepared.notes.push_back(own + are + " left out; --keep-loops keeps them");
  } else if (stored > 0) {
    prepared.notes.push_back(own + are + " kept");
  }
}

/// Before anything is made of the counts.
void merge_repeats(Prepared& prepared) {
  Dataset& data = prepared.data;
  if (prepared.duplicates != RepeatedEdges::merge || data.edge_counts.empty()) return;
  const std::string way_out = "; --duplicates count takes all of them";
  if (data.repeats_note.empty())
    prepared.notes.push_back("an edge that the data repeat counts once" + way_out);
  else
    change_note(data, data.repeats_note, data.repeats_note + way_out);
  data.edge_counts.clear();
  data.repeated_features = {};
}

/// Last, since other functions of graphs take each edge once.
void count_repeats(Prepared& prepared) {
  Dataset& data = prepared.data;
  if (data.edge_counts.empty()) return;
  if (!data.repeats_note.empty()) change_note(data, data.repeats_note, "");
  const Edge before = data.graph.edges();
  const char* have = !data.has_edge_features() ? ""
                     : data.has_repeated_features()
                         ? ", each time with features of its own"
                         : ", each time with the mean of its features, all that the data have";
  data = with_repeats(std::move(data));
  prepared.notes.push_back("an edge that the data repeat counts as often as it stands there" + std::string(have) +
                           ": " + std::to_string(before) + " slots became " + std::to_string(data.graph.edges()));
}

/// Throws ValueError for a choice that is of graphs.
void refuse_graph_choices(const Dataset& data, const DataChoice& choice) {
  const auto refuse = [&](bool given, const char* option) {
    require(!given, option, data.name + " is a set of sequences, which has no edges: want it for a graph only");
  };
  refuse(choice.symmetrise.has_value(), "symmetrise");
  refuse(choice.loops.has_value(), "loops");
  refuse(choice.keep_loops.has_value(), "keep-loops");
  refuse(choice.duplicates.has_value(), "duplicates");
  refuse(choice.largest_component.has_value(), "largest-component");
  refuse(choice.reorder.has_value() && !chooses_order(choice), "reorder");
  refuse(choice.features.has_value(), "features");
  refuse(choice.edge_features.has_value(), "edge-features");
  refuse(choice.encoding.has_value(), "encoding");
}

/// Columns are standardised by the training sequences alone, which are known only when the split is; `given` are those
/// of a trained model.
void prepare_sequences(Prepared& prepared, const DataChoice& choice, const ColumnScales* given) {
  refuse_graph_choices(prepared.data, choice);
  prepared.symmetrise = prepared.loops = false;
  const bool dense = std::holds_alternative<Tensor>(prepared.data.features);
  prepared.normalise_features = choice.normalise_features.value_or(false);
  prepared.standardise_features = choice.standardise_features.value_or(dense && !prepared.normalise_features);
  require(!prepared.normalise_features || !prepared.standardise_features, "standardise-features",
          "normalise-features is set too, want one of them");
  if (prepared.normalise_features) {
    prepared.data = row_normalised(std::move(prepared.data));
    prepared.notes.emplace_back("features: the values of each position are divided by the sum of their sizes");
  }
  if (!prepared.standardise_features) return;
  prepared.notes.emplace_back("features: each column has mean 0 and standard deviation 1 over the training sequences");
  if (given == nullptr) return;
  prepared.scales = *given;
  prepared.data = standardised(std::move(prepared.data), prepared.scales);
}

/// The share that is taken of the training part, where the plan's split has no validation part of its own.
double validation_share_of(const Prepared& prepared, const DataChoice& choice) {
  const Dataset& data = prepared.data;
  const bool is_given = prepared.plan.kind == SplitPlan::Kind::given;
  const bool lacks = is_given && std::ranges::all_of(data.splits, [](const Split& s) { return s.validation.empty(); });
  require(!choice.validation_share || !choice.split_random, "validation-share",
          "split-random is set too, which draws a validation part itself: want one of them");
  require(!choice.validation_share || lacks, "validation-share",
          data.name +
              " has no given split that lacks a validation part: want it for one that does, as a pair of .ts files");
  const double share = lacks ? choice.validation_share.value_or(data.has_items() ? usual_validation_share : 0) : 0;
  require(!choice.split_seed || !is_given || share > 0, "split-seed",
          data.name + ": nothing is drawn, the split is given: want it with split-random, or with validation-share");
  return share;
}

}  // namespace

void DataChoice::declare(OptionList& list) {
  list.add("split", split, "which of the given splits: 0, 1 …, some as 0,2,5, or all (in turn, one for each seed)");
  list.add(
      "split-random", split_random,
      "per-class:20,30  per-class:20,500,1000  share:0.6,0.2  folds:5 (one for each seed, or that of --split); where "
      "none is given the first, or the third when a class is too small");
  list.add("split-seed", split_seed, any_seed, "of the random split, which then is the same for all seeds");
  list.add("validation-share", validation_share, share_below_one,
           "share of each class of a given split's training part that validates, where that split names none; default "
           "0.2 of sequences, 0 of nodes");
  list.add("symmetrise", symmetrise, "edges in both directions (default, but for sets that are directed)");
  list.add("loops", loops, "every node attends to itself (default)");
  list.add("keep-loops", keep_loops, "with --no-loops, the loops of the data stay");
  list.add("duplicates", duplicates, repeated_edges_choices,
           "edges that the data repeat: one edge (default), or as many as there are, as in PyTorch Geometric");
  list.add("largest-component", largest_component,
           "that part alone (default for .npz of the gnn-benchmark form without a split, as in published results)");
  list.add("normalise-features", normalise_features,
           "each node's sum to 1 (default when three quarters of the values are zeros)");
  list.add(
      "standardise-features", standardise_features,
      "each column to mean 0 and deviation 1, kept with the model; sparse ones keep their zeros; default for dense "
      "sequences, over those that train");
  list.add("features", features, node_features_choices,
           "made of the graph, for nodes that have none: degree, or identity, a column for each node");
  list.add("encoding", encoding,
           "beside the features: random-walk:K, the probabilities that a random walk is back after 1 to K steps; "
           "laplacian:K, K eigenvectors of the normalised Laplacian, those of the smallest eigenvalues above 0");
  list.add(
      "edge-features", edge_features, edge_features_choices,
      "of the edges, in models that read them: each column to mean 0 and deviation 1 (default), as they are, or none");
  list.add("task", task, task_choices,
           "what is learned of a node or sequence: its class, several labels of 0 and 1, or real numbers (default: as "
           "the labels are)");
  list.add("positive", positive,
           "of two classes the one that average precision is of, and that counts as found; default the second");
  list.add(
      "reorder", reorder, range::count, node_order_choices,
      "number the nodes so that neighbours lie near one another in memory: by communities, or so many parts (METIS); "
      "auto (default of train, compare and tune): by communities where a large graph gains by it");
}

bool chooses_order(const DataChoice& choice) {
  return choice.reorder == std::variant<Index, NodeOrder>(NodeOrder::automatic);
}

std::string place_of(const DataChoice& choice) {
  if (choice.data.empty()) throw ValueError("[data] got nothing, want the name or the path of a data set");
  if (choice.path.empty() || std::filesystem::path(choice.data).is_absolute()) return dataset_place(choice.data);
  try {
    return dataset_place(choice.path);
  } catch (const FileError& error) {
    if (choice.data.find('/') != std::string::npos) throw;  // a path of before, relative to another folder
    try {
      return dataset_place(choice.data);
    } catch (const FileError&) {
      throw error;
    }
  }
}

Prepared prepare(const DataChoice& choice) {
  const std::string place = place_of(choice);
  Prepared prepared = prepare(load_dataset(place), choice);
  prepared.place = place;
  return prepared;
}

Prepared prepare(Dataset read, const DataChoice& choice, const ColumnScales* scales, const ColumnScales* edge_scales,
                 const std::vector<std::string>& names_of_columns) {
  Prepared prepared;
  prepared.source = fingerprint(read);
  if (prepared.source.node_names != 0) prepared.source_keys = keys_of(read.node_names);
  read.edge_list = {};
  prepared.data = with_task(std::move(read), choice.task);
  if (prepared.data.classes() > 0) leave_out_unlabelled(prepared.data);
  if (choice.positive) prepared.data = with_positive(std::move(prepared.data), *choice.positive);
  if (const std::string note = note_of_many_classes(prepared.data); !note.empty() && !choice.task)
    prepared.notes.push_back(note);
  const Dataset& data = prepared.data;
  prepared.plan = plan_of(choice, data);
  prepared.validation_share = validation_share_of(prepared, choice);
  prepared.symmetrise = choice.symmetrise.value_or(!data.directed);
  prepared.loops = choice.loops.value_or(true);
  prepared.duplicates = choice.duplicates.value_or(RepeatedEdges::merge);
  prepared.largest_component = choice.largest_component.value_or(data.largest_component);
  prepared.features = choice.features;
  prepared.edge_features = choice.edge_features;
  if (!prepared.plan.why.empty()) prepared.notes.push_back(prepared.plan.why);
  if (data.has_items()) {
    prepare_sequences(prepared, choice, scales);
    return prepared;
  }
  merge_repeats(prepared);
  prepare_edges(prepared);
  prepare_edge_features(prepared, edge_scales);
  prepare_features(prepared, choice, scales, names_of_columns);
  prepare_loops(prepared, choice.keep_loops.value_or(false));
  if (choice.reorder) reorder(prepared, *choice.reorder);
  count_repeats(prepared);
  if (!data.edge_weights.empty())
    prepared.notes.emplace_back(
        "weights of edges are not used: models attend to all neighbours as if they had none; rename "
        "the column (strength, say) to have it read as a feature of edges by " +
        readers_of_edge_features());
  return prepared;
}

}  // namespace mercer
