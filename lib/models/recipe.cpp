#include "mercer/models/recipe.hpp"

#include <algorithm>
#include <array>

#include "base/lower_case.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"

namespace mercer {
namespace {

constexpr std::array<std::string_view, 3> data_sets{"cora", "citeseer", "pubmed"};

/// GAT, section 3.3 and the authors' code: up to 100,000 epochs, patience 100; Pubmed: eight output heads, twice the
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

constexpr const char* sequence_end = "-uea";
constexpr std::string_view tuned_prefix = "tuned-";
constexpr std::array<std::string_view, 3> tuned_sets{"minesweeper", "chameleon", "photo"};

constexpr std::string_view kernel_machine = "kernel-machine";

/// Is the model a stack of layers? A kernel machine is none.
bool is_stack(std::string_view model) { return model != kernel_machine; }

bool is_baseline(std::string_view model) { return model == "gcn" || model == "sage" || model == "mlp"; }

/// The plain deep stack of that paper, whose convolution is the model's layer, without dropout inside; attention has
/// one head and no bias.
OptionValues tuned_stack(const std::string& model, Index layers, Index hidden, float dropout) {
  OptionValues stack{{"layers", layers},     {"hidden", hidden}, {"hidden-dropout", dropout}, {"classifier", "linear"},
                     {"activation", "relu"}, {"norm", "batch"},  {"residual", "linear"},      {"input-dropout", 0}};
  const OptionValues own =
      is_baseline(model) ? OptionValues{{"decay-first-layer-only", false}}
                         : OptionValues{{"heads", 1}, {"bias", false}, {"attention-dropout", 0}, {"value-dropout", 0}};
  stack.insert(own.begin(), own.end());
  if (model == "gat")  // as GATConv
    for (const char* option : {"score-bias", "initialise-per-head", "dropout-per-head"})
      stack.insert_or_assign(option, false);
  if (model.starts_with("fastfood")) stack.insert_or_assign("frequencies", hidden);  // blocks as wide as a head
  return stack;
}

/// Luo, Shi, Wu: GAT of 15 layers on minesweeper; GAT of 2 or GCN of 5 layers on the filtered chameleon. Full batch,
/// constant rate, the epoch with the best validation score counts, no early stop.
Recipe tuned_for(const std::string& model, std::string_view data) {
  Recipe made;
  made.source = "Luo, Shi, Wu, Classic GNNs are Strong Baselines, NeurIPS 2024";
  made.learning_rate = 0.01;
  made.weight_decay = 0;
  made.stop_rule = "score";
  made.normalise_features = false;
  made.model.name = model;
  if (data == "minesweeper") {
    made.model.options = tuned_stack(model, 15, 64, 0.2f);
    made.epochs = 2000;
    made.metric = "roc-auc";
  } else if (data == "photo") {
    made.model.options = tuned_stack(model, 3, 64, 0.5f);
    made.model.options.insert_or_assign("norm", "layer");
    made.learning_rate = 0.001;
    made.weight_decay = 5e-5;
    made.epochs = 1000;
    made.normalise_features = true;
  } else if (model == "gcn") {
    made.model.options = tuned_stack(model, 5, 512, 0.2f);
    made.model.options.insert_or_assign("norm", "none");
    made.model.options.insert_or_assign("residual", "none");
    made.learning_rate = 0.005;
    made.weight_decay = 1e-3;
    made.epochs = 200;
  } else {
    made.model.options = tuned_stack(model, 2, 256, 0.7f);
    made.model.options.insert_or_assign("decay-norms", true);  // as PyTorch's Adam, whose decay is large here
    made.weight_decay = 1e-3;
    made.epochs = 200;
  }
  made.patience = made.epochs;
  if (data == "photo") made.source += " (there one 60/20/20 split of all nodes)";
  made.borrowed = model != "gat" && !(model == "gcn" && data == "chameleon");
  if (made.borrowed) made.source = "the stack of GAT in " + made.source;
  return made;
}

/// A recipe of a whole stack with a global branch, by its own name.
struct BranchRecipe {
  std::string_view name;
  const char* source;
  double learning_rate, weight_decay;
  Index epochs;
  float dropout;  // of the branch
  Real weight;    // of the branch; 0: gated
};

/// Numbers of the authors' run.sh, which leaves out every norm. SGFormer's GCN has its own decay there (5e-4; Citeseer:
/// 0.01), and that of the branch (1e-3; 0.01; Pubmed: 0.01) is left out here: there is one decay.
constexpr const char* of_sgformer =
    "Wu et al., SGFormer, NeurIPS 2023, run.sh of the code, but for one weight decay, that of its GCN, and the split: "
    "there a random one (--split-random per-class:20,500,1000)";
constexpr const char* of_polynormer = "Deng, Yue, Zhang, Polynormer, ICLR 2024, and its code";
constexpr std::array<BranchRecipe, 4> branch_recipes{
    {{"sgformer-cora", of_sgformer, 0.01, 5e-4, 500, 0.2f, Real(0.2)},
     {"sgformer-citeseer", of_sgformer, 0.005, 0.01, 500, 0.3f, Real(0.3)},
     {"sgformer-pubmed", of_sgformer, 0.005, 5e-4, 500, 0.3f, Real(0.2)},
     {"polynormer-minesweeper", of_polynormer, 0.001, 0, 2100, 0.3f, 0}}};

const BranchRecipe* branch_recipe(std::string_view name) {
  for (const BranchRecipe& each : branch_recipes)
    if (each.name == name) return &each;
  return nullptr;
}

/// Eight heads of width 64 on edges, ten layers; after 100 epochs three layers over all nodes.
OptionValues polynormer_stack(float dropout) {
  OptionValues stack = tuned_stack("gat", 10, 64, dropout);
  const OptionValues own{{"heads", 8},         {"block", "gated"},       {"norm", "layer"},   {"jumping", "sum"},
                         {"pre-dropout", 0.2}, {"pre-linear", "linear"}, {"global", "gated"}, {"global-layers", 3},
                         {"global-heads", 8},  {"local-epochs", 100}};
  for (const auto& [option, value] : own)
    stack.insert_or_assign(option, value);
  return stack;
}

Recipe with_branch(const BranchRecipe& numbers) {
  Recipe made;
  made.source = numbers.source;
  made.learning_rate = numbers.learning_rate;
  made.weight_decay = numbers.weight_decay;
  made.epochs = made.patience = numbers.epochs;
  made.stop_rule = "score";
  made.normalise_features = false;
  if (numbers.weight == 0) {
    made.model = {.name = "gat", .options = polynormer_stack(numbers.dropout)};
    made.metric = "roc-auc";
    return made;
  }
  made.model = {.name = "gcn", .options = tuned_stack("gcn", 4, 64, 0.5f)};
  for (const char* option : {"residual", "norm", "global-norm"})
    made.model.options.insert_or_assign(option, "none");
  made.model.options.insert(
      {{"global", "average"}, {"global-dropout", numbers.dropout}, {"global-weight", numbers.weight}});
  return made;
}

/// Numbers of this library, chosen on parts of the training files of UEA sets.
Recipe of_sequences(const std::string& model) {
  Recipe made;
  made.model.name = model;
  made.source =
      "numbers of Mercer, chosen on the training files of UEA sets alone; AdamW (0.9, 0.98) and the inverse "
      "square root as for Transformers on text";
  made.borrowed = true;
  made.learning_rate = 2e-3;
  made.weight_decay = 0.05;
  made.epochs = 150;
  made.patience = 40;
  made.stop_rule = "loss";
  made.normalise_features = false;
  made.loops = false;
  const std::string_view attention = attention_of_sequence_model(model);
  if (attention == "skyformer" || attention == "nystromformer")
    made.model.options = {{"landmarks", 32}};  // the sequences have tens to hundreds of rows
  if (attention == "sa-abmilp") {              // L = 64
    made.borrowed = false;
    made.source =
        "the form of SA-AbMILP (WACV 2021): queries and keys of an eighth of the values' width, a learned "
        "factor of attention, attention pooling; other numbers of Mercer";
    made.model.options = {{"layers", 1},          {"heads", 1},          {"hidden", 64},
                          {"key-width", 8},       {"encoder", "scaled"}, {"embedding", "feed-forward"},
                          {"activation", "relu"}, {"positions", "none"}, {"pooling", "instances"}};
  }
  made.training = {{"optimizer", "adamw"}, {"beta2", 0.98}, {"schedule", "inverse-sqrt"},
                   {"warm-up", 200},       {"clip", 1.0},   {"batch", 16}};
  return made;
}

/// The problem is convex in the coefficients: nothing overfits by the way that it is solved.
void machine_numbers(Recipe& made) {
  made.source = "numbers of Mercer, chosen on the validation nodes of Cora";
  made.learning_rate = 0.1;
  made.weight_decay = 0;
  made.epochs = 500;
  made.patience = 100;
  made.stop_rule = "loss";
}

/// Slopes of ln(s² + 1e-5) reach 316: gradients are clipped at the norm of the release, where `made` clips none.
void clip_implicit(Recipe& made) {
  const std::string& model = made.model.name;
  if (model.starts_with("ika") || model == "mikan") made.training.try_emplace("clip", 1000.0);
}

/// A deep stack that suits graphs of some thousand nodes.
Recipe tuned_for_any(const std::string& model) {
  Recipe made;
  made.source =
      "between the settings of GAT for ten sets in Luo, Shi, Wu, Classic GNNs are Strong Baselines, NeurIPS 2024";
  made.borrowed = true;
  made.model = {.name = model, .options = tuned_stack(model, 3, 64, 0.5f)};
  made.weight_decay = 5e-5;
  made.stop_rule = "score";
  made.patience = 200;
  made.normalise_features = false;
  return made;
}

/// The model of "tuned-MODEL"; empty for another name.
std::string tuned_for_any_of(std::string_view name) {
  if (!name.starts_with(tuned_prefix)) return {};
  const std::vector<std::string> models = model_names();
  const auto found = std::ranges::find(models, name.substr(tuned_prefix.size()));
  return found != models.end() && is_stack(*found) ? *found : std::string();
}

Recipe made_for(const std::string& model, std::string_view data) {
  if (is_sequence_model(model)) return of_sequences(model);
  Recipe made;
  made.model.name = model;
  if (model == kernel_machine) {
    machine_numbers(made);
    return made;
  }
  if (is_baseline(model)) {
    gcn_numbers(made);
  } else {
    gat_numbers(made, data);
  }
  if (model == "gat-pyg") {
    made.source = "PyTorch Geometric, benchmark/citation/gat.py";
    made.epochs = 1000;
    made.stop_rule = "loss";
  } else if (model != "gat" && model != "gcn") {
    made.borrowed = !is_baseline(model);
    made.source = "the numbers of " + std::string(is_baseline(model) ? "gcn" : "gat") + ", unchanged";
  }
  return made;
}

}  // namespace

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const std::string& model : model_names())
    for (const std::string_view data : data_sets)
      names.push_back(model + "-" + std::string(data));
  for (const std::string& model : model_names()) {
    if (!is_stack(model)) continue;
    for (const std::string_view data : tuned_sets)
      names.push_back(std::string(tuned_prefix) + model + "-" + std::string(data));
    names.push_back(std::string(tuned_prefix) + model);
  }
  for (const std::string& model : sequence_model_names())
    names.push_back(model + sequence_end);
  for (const BranchRecipe& each : branch_recipes)
    names.emplace_back(each.name);
  return names;
}

Recipe recipe(std::string_view name) {
  const std::vector<std::string> known = recipe_names();
  if (std::ranges::find(known, name) == known.end())
    throw ValueError("[recipe] unknown recipe \"" + std::string(name) +
                     "\": " + suggest(name, known, "mercer models --recipes lists all"));
  if (const BranchRecipe* own = branch_recipe(name)) {
    Recipe made = with_branch(*own);
    made.name = name;
    return made;
  }
  const auto of_data = [&] {
    const std::size_t dash = name.rfind('-');
    const bool tuned = name.starts_with(tuned_prefix);
    const std::string model(name.substr(0, dash).substr(tuned ? tuned_prefix.size() : 0));
    return (tuned ? tuned_for : made_for)(model, name.substr(dash + 1));
  };
  const std::string of_any = tuned_for_any_of(name);
  Recipe made = of_any.empty() ? of_data() : tuned_for_any(of_any);
  clip_implicit(made);
  made.name = name;
  return made;
}

Recipe recipe_for(std::string_view model, std::string_view named) {
  options_of_model(model);  // throws for an unknown one
  const std::string data = lower_case(named);
  if (!is_sequence_model(model) && std::ranges::find(data_sets, data) != data_sets.end())
    return recipe(std::string(model) + "-" + data);
  Recipe made = made_for(std::string(model), data);
  clip_implicit(made);
  made.name = model;
  return made;
}

Recipe tuned_recipe_for(std::string_view model, std::string_view named) {
  options_of_model(model);  // throws for an unknown one
  require(!is_sequence_model(model) && is_stack(model), "recipe",
          "tuned is a deep stack of nodes, got " + std::string(model));
  if (const std::string data = lower_case(named); std::ranges::find(tuned_sets, data) != tuned_sets.end())
    return recipe(std::string(tuned_prefix) + std::string(model) + "-" + data);
  return recipe(std::string(tuned_prefix) + std::string(model));
}

}  // namespace mercer
