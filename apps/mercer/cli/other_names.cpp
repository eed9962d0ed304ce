#include "cli/other_names.hpp"

#include <algorithm>

namespace mercer::program {

namespace {

struct OtherName {
  const char *word, *here;
};

/// Options by the names that they have in scripts of PyTorch Geometric, DGL and scikit-learn.
constexpr OtherName options_elsewhere[]{{"--lr", "--learning-rate"},
                                        {"--wd", "--weight-decay"},
                                        {"--l2", "--weight-decay"},
                                        {"--epoch", "--epochs"},
                                        {"--max-epochs", "--epochs"},
                                        {"--early-stopping", "--patience"},
                                        {"--early-stop", "--patience"},
                                        {"--optim", "--optimizer"},
                                        {"--opt", "--optimizer"},
                                        {"--scheduler", "--schedule"},
                                        {"--warmup", "--warm-up"},
                                        {"--warmup-steps", "--warm-up"},
                                        {"--batch-size", "--batch"},
                                        {"--dim-feedforward", "--feed-forward"},
                                        {"--patch-size", "--patch"},
                                        {"--grad-clip", "--clip"},
                                        {"--runs", "--seeds"},
                                        {"--n-runs", "--seeds"},
                                        {"--random-state", "--seed"},
                                        {"--dataset", "--data"},
                                        {"--input", "--data"},
                                        {"--directed", "--no-symmetrise"},
                                        {"--undirected", "--symmetrise"},
                                        {"--symmetric", "--symmetrise"},
                                        {"--self-loops", "--loops"},
                                        {"--add-self-loops", "--loops"},
                                        {"--no-self-loops", "--no-loops"},
                                        {"--normalize", "--normalise-features"},
                                        {"--normalize-features", "--normalise-features"},
                                        {"--row-normalize", "--normalise-features"},
                                        {"--standardize", "--standardise-features"},
                                        {"--lcc", "--largest-component"},
                                        {"--train-ratio", "--split-random share:TRAIN,VALIDATION"},
                                        {"--split-ratio", "--split-random share:TRAIN,VALIDATION"},
                                        {"--folds", "--split-random folds:5"},
                                        {"--num-layers", "--layers"},
                                        {"--n-layers", "--layers"},
                                        {"--depth", "--layers"},
                                        {"--hidden-dim", "--hidden"},
                                        {"--hidden-size", "--hidden"},
                                        {"--hidden-channels", "--hidden"},
                                        {"--num-hidden", "--hidden"},
                                        {"--dim", "--hidden"},
                                        {"--num-heads", "--heads"},
                                        {"--n-heads", "--heads"},
                                        {"--drop", "--dropout"},
                                        {"--feat-drop", "--dropout"},
                                        {"--attn-drop", "--attention-dropout"},
                                        {"--arch", "--model"},
                                        {"--gnn", "--model"},
                                        {"--attention", "--model"},
                                        {"--models", "--attention"},
                                        {"--checkpoint", "--model"},
                                        {"--gpu", "--device cuda"},
                                        {"--cuda", "--device cuda"},
                                        {"--cpu", "--device cpu"},
                                        {"--jobs", "--threads"},
                                        {"--num-workers", "--threads"},
                                        {"--n-jobs", "--jobs"},
                                        {"--output", "--out"},
                                        {"--output-dir", "--out"},
                                        {"--out-dir", "--out"},
                                        {"--save", "--out"},
                                        {"--save-dir", "--out"},
                                        {"-o", "--out"},
                                        {"--silent", "--quiet"},
                                        {"-q", "--quiet"},
                                        {"--force", "--overwrite"}};

constexpr OtherName commands_elsewhere[]{{"recipes", "mercer models --recipes"},
                                         {"datasets", "mercer data list"},
                                         {"list", "mercer data list, or mercer models"},
                                         {"info", "mercer data info"},
                                         {"describe", "mercer data info"},
                                         {"convert", "mercer data convert"},
                                         {"make", "mercer data make"},
                                         {"generate", "mercer data make"},
                                         {"fit", "mercer train"},
                                         {"run", "mercer train"},
                                         {"resume", "mercer train --resume"},
                                         {"finetune", "mercer train --init"},
                                         {"test", "mercer evaluate"},
                                         {"eval", "mercer evaluate"},
                                         {"validate", "mercer evaluate"},
                                         {"infer", "mercer predict"},
                                         {"embed", "mercer predict --embeddings"},
                                         {"benchmark", "mercer bench"},
                                         {"metis", "mercer partition"},
                                         {"version", "mercer --version"}};

}  // namespace

std::string option_for(const std::string& word, const std::vector<std::string>& options) {
  std::string dashed = word;
  std::ranges::replace(dashed, '_', '-');
  if (std::ranges::find(options, dashed) != options.end()) return dashed;
  for (const auto& [other, here] : options_elsewhere) {
    const std::string answer = here;
    if (dashed == other && std::ranges::find(options, answer.substr(0, answer.find(' '))) != options.end())
      return answer;
  }
  return {};
}

std::string command_for(const std::string& word) {
  for (const auto& [other, here] : commands_elsewhere)
    if (word == other) return here;
  return {};
}

}  // namespace mercer::program
