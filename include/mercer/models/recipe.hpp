#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mercer/models/build.hpp"

namespace mercer {

/// A model and how it is trained, as plain numbers. The optimiser is Adam with L2 unless `training` says otherwise.
struct Recipe {
  std::string name;       // "gat-cora"
  std::string source;     // origin of the numbers
  bool borrowed = false;  // the same for every model that has no recipe of its own
  ModelOptions model;
  double learning_rate = 0.005;
  double weight_decay = 5e-4;
  Index epochs = 1000;
  Index patience = 100;
  std::string stop_rule = "gat";    // a name of stop_rule_choices
  std::string metric = "accuracy";  // a name of metric_choices
  bool normalise_features = true;   // rows of x sum to 1
  bool loops = true;                // adds an edge from every node to itself
  OptionValues training{};          // other options of the training
};

/// "MODEL-DATA" for each of model_names() and each of cora, citeseer, pubmed, as the models' authors trained them; and
/// "tuned-MODEL-DATA" for minesweeper, chameleon and photo: the model's layer in the deep stack of a paper;
/// "tuned-MODEL": a deep stack that suits graphs of some thousand nodes. And "MODEL-uea" for each of
/// sequence_model_names(). And stacks with a global branch: "sgformer-DATA" for cora, citeseer and pubmed,
/// "polynormer-minesweeper".
std::vector<std::string> recipe_names();

/// Throws ValueError with the nearest name and the list of all.
Recipe recipe(std::string_view name);

/// The recipe of the model on the data set if there is one, else the model's recipe for Cora, or of sequences for UEA,
/// named as the model. Case doesn't count in the name of the data.
/// Throws ValueError for an unknown model.
Recipe recipe_for(std::string_view model, std::string_view data);

/// The recipe "tuned-MODEL-DATA" if there is one, else "tuned-MODEL". Throws ValueError for an unknown model and for
/// one of sequences.
Recipe tuned_recipe_for(std::string_view model, std::string_view data);

}  // namespace mercer
