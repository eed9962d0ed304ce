#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explain/explanation.hpp"
#include "mercer/attention/factor_shares.hpp"
#include "train/trained.hpp"

namespace mercer::program {

/// What both kinds of explanation are made from.
struct Explainable {
  const Trained& trained;
  std::vector<Factors> layers;  // of each layer
  std::string command;          // that was typed

  const Prepared& prepared() const { return trained.problem->prepared; }
  const Graph& graph() const { return trained.problem->neighbourhood.graph(); }
  std::string title() const { return trained.model.options.name + " on " + prepared().data.name; }
};

/// An explanation in all its forms.
struct Rendered {
  std::string text, json, csv, svg;
};

/// Of one node in layer `layer`, counted from 0. The `top` nodes with the largest α are listed one by one.
Rendered render_node(const Explainable& of, Node node, Index layer, std::optional<Index> head, std::size_t top);

/// Of the whole model, or of what was asked of it.
Rendered render_model(const Explainable& of, std::optional<Index> layer, std::optional<Index> head);

/// What the two factors are in this model, a line.
std::string factors_in_words(const ModelOptions& model);

}  // namespace mercer::program
