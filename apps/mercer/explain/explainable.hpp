#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explain/explanation.hpp"
#include "mercer/attention/factor_shares.hpp"
#include "mercer/attention/neighbourhood.hpp"
#include "train/trained.hpp"

namespace mercer::program {

/// One sequence, whose pairs are explained.
struct ExplainedItem {
  Node number;
  Tensor logits;                   // [1, classes]
  std::vector<std::string> names;  // of the rows that attend: positions, patches of them "0-4", "3:word", "cls"
};

/// The common data of all kinds of explanation.
struct Explainable {
  const Trained& trained;
  std::vector<Factors> layers;        // of each layer
  std::string command;                // as typed
  Neighbourhood around;               // who attends to whom: the graph, or all pairs of the item
  std::vector<Tensor> edge_terms;     // of each layer, [edges, h]; empty where it reads no features of edges
  std::vector<std::string> of_edges;  // factors of the magnitude besides the kernel's, in words
  std::optional<ExplainedItem> item{};

  const Prepared& prepared() const { return trained.problem->prepared; }
  const Graph& graph() const { return around.graph(); }
  std::string title() const;
};

/// The graph with its attention, or that of one sequence. Throws UsageError for a model without attention, for one that
/// is not finite, and for a sequence whose pairs need too much memory.
Explainable explainable_graph(const Trained& trained, std::string command);
Explainable explainable_item(const Trained& trained, std::string command, Node item);

/// An explanation in all output forms.
struct Rendered {
  std::string text, json, csv, svg;
};

/// Explains one node in layer `layer`, counted from 0. The `top` nodes with the largest α are listed one by one.
Rendered render_node(const Explainable& explained, Node node, Index layer, std::optional<Index> head, std::size_t top);

/// Explains the whole model, or one layer or head; of an item its pairs, drawn as maps of α.
Rendered render_model(const Explainable& explained, std::optional<Index> layer, std::optional<Index> head);

/// Is α of this model a similarity times a magnitude? No where features of edges stand inside the activation of the
/// score, or the like; the factors are then NaN.
bool has_factors(const ModelOptions& model);

/// One line on the two factors in this model, or why it has none, and on attention that is not shown.
std::string factors_in_words(const Explainable& explained);

}  // namespace mercer::program
