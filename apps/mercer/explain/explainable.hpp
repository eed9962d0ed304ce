#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explain/explanation.hpp"
#include "mercer/attention/factor_shares.hpp"
#include "train/trained.hpp"

namespace mercer::program {

/// The common data of both kinds of explanation.
struct Explainable {
  const Trained& trained;
  std::vector<Factors> layers;  // of each layer
  std::string command;          // as typed

  const Prepared& prepared() const { return trained.problem->prepared; }
  const Graph& graph() const { return trained.problem->neighbourhood.graph(); }
  std::string title() const { return trained.model.options.name + " on " + prepared().data.name; }
};

/// An explanation in all output forms.
struct Rendered {
  std::string text, json, csv, svg;
};

/// Explains one node in layer `layer`, counted from 0. The `top` nodes with the largest α are listed one by one.
Rendered render_node(const Explainable& of, Node node, Index layer, std::optional<Index> head, std::size_t top);

/// Explains the whole model, or one layer or head.
Rendered render_model(const Explainable& of, std::optional<Index> layer, std::optional<Index> head);

/// One line on the two factors in this model.
std::string factors_in_words(const ModelOptions& model);

}  // namespace mercer::program
