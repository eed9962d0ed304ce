#include "mercer/models/recipe.hpp"

#include <algorithm>
#include <array>

#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"

namespace mercer {
namespace {

constexpr std::array<std::string_view, 3> data_sets{"cora", "citeseer", "pubmed"};

/// GAT, section 3.3 and the authors' code: up to 10 000s of epochs, patience 100; Pubmed: eight output heads, twice the
/// learning rate and decay; Citeseer: stopping by accuracy alone.
void gat_numbers(Recipe& made, std::string_view data) {
  made.source = "Velickovic et al., Graph Attention Networks, ICLR 2018";
  made.epochs = 100000;
  if (data == "citeseer") made.stop_rule = "score";
  if (data != "pubmed") return;
  made.model.options = {{"output-heads", 8}};
  made.learning_rate = 0.01;
  made.weight_decay = 1e-3;
}

/// GCN, section 5.2: at most 200 epochs, stopped when the validation loss has not improved for 10.
void gcn_numbers(Recipe& made) {
  made.source = "Kipf and Welling, Semi-Supervised Classification with GCNs, ICLR 2017";
  made.learning_rate = 0.01;
  made.epochs = 200;
  made.patience = 10;
  made.stop_rule = "loss";
}

Recipe made_for(const std::string& model, std::string_view data) {
  Recipe made;
  made.model.name = model;
  if (model == "gcn" || model == "mlp") {
    gcn_numbers(made);
  } else {
    gat_numbers(made, data);
  }
  if (model == "gat-pyg") {
    made.source = "PyTorch Geometric, benchmark/citation/gat.py";
    made.epochs = 1000;
    made.stop_rule = "loss";
  } else if (model != "gat" && model != "gcn") {
    made.source = "the numbers of " + std::string(model == "mlp" ? "gcn" : "gat") + ", unchanged";
  }
  return made;
}

}  // namespace

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const std::string& model : model_names())
    for (const std::string_view data : data_sets)
      names.push_back(model + "-" + std::string(data));
  return names;
}

Recipe recipe(std::string_view name) {
  const std::vector<std::string> known = recipe_names();
  if (std::ranges::find(known, name) == known.end())
    throw ValueError("[recipe] unknown recipe \"" + std::string(name) + "\": " + suggest(name, known));
  const std::size_t dash = name.rfind('-');
  Recipe made = made_for(std::string(name.substr(0, dash)), name.substr(dash + 1));
  made.name = name;
  return made;
}

Recipe recipe_for(std::string_view model, std::string_view data) {
  options_of_model(model);  // throws for an unknown one
  if (std::ranges::find(data_sets, data) != data_sets.end())
    return recipe(std::string(model) + "-" + std::string(data));
  Recipe made = made_for(std::string(model), data);
  made.name = model;
  return made;
}

}  // namespace mercer
