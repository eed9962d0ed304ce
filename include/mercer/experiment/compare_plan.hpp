#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "mercer/experiment/option_text.hpp"
#include "mercer/experiment/result.hpp"
#include "mercer/experiment/settings.hpp"

namespace mercer {

/// A compared model with its own options.
struct Contender {
  std::string name{};    // as typed: "rbf:p=1.8:normaliser=degree"
  ModelOptions model{};  // its name and the options as typed
};

/// Values to try for one option. A grid is all combinations of its axes; a point is one of them.
struct GridAxis {
  std::string option{};
  std::vector<std::string> values{};
};
using Grid = std::vector<GridAxis>;
using GridPoint = std::vector<OptionText>;  // empty when nothing is searched

/// "tuned-MODEL-chameleon" for the stack chameleon; "tuned-MODEL" for tuned.
std::string stack_recipe_name(const std::string& stack, const std::string& model);

/// "learning-rate=0.01 dropout=0.4"; "as given" for the empty point.
std::string point_text(const GridPoint& point);

/// One training run of a comparison or a search, in a process of its own.
struct CompareJob {
  Settings settings{};  // complete
  std::uint64_t seed = 0;
  Index turn = 0;                // number of the seed in the comparison; chooses the split
  bool final = false;            // with the chosen settings: scores the test nodes
  bool pictures = false;         // adds pictures of attention and kernel
  Index until = 0;               // of a search: epochs after which it pauses and keeps its state; 0: to its end
  Index after = 0;               // of a search: epochs of the state that it goes on from, where that is there
  std::string says{};            // "rbf:p=1.8 on cora, seed 3"
  std::filesystem::path file{};  // of the result
};

/// A job as JSON, without the path of its result: two runs with the same text have the same result.
std::string text_of(const CompareJob& job);
CompareJob job_from(const std::string& text);  // throws ValueError

/// A contender on a data set.
struct CompareCell {
  std::size_t contender = 0, data = 0;
  std::vector<Settings> settings{};  // complete, for each point of the grid
  Index parameters = 0;              // of the first point
  std::string note{};                // a given value that gave way to the data
};

struct ComparePlan {
  std::vector<Contender> contenders{};
  std::size_t baseline = 0;
  std::string stack{};  // every model is that of stack_recipe_name; empty: each has its own recipe
  std::vector<GridPoint> points{};
  TrainingChoice budget{};
  DataChoice data_choice{};                                    // as typed
  std::vector<DataFacts> data{};                               // in the order of --data
  std::vector<std::pair<std::string, Fingerprint>> sources{};  // name and contents of each data set
  std::vector<Metric> metric{};                                // score of each data set
  std::vector<CompareCell> cells{};                            // data set by data set, contender by contender
  std::uint64_t seed = 0;
  int seeds = 1, search_seeds = 1;
  std::filesystem::path out{};

  const std::string& name_of(const CompareCell& cell) const { return contenders.at(cell.contender).name; }
  std::string in_words(const CompareCell& cell) const { return name_of(cell) + " on " + data.at(cell.data).name; }
};

/// Reads the data set of that name, checks its splits and builds every model once, so that errors are found before any
/// training. Adds a cell for each contender. Contenders, points, budget, seeds and data_choice must be set. Throws
/// ValueError that names model and data, FileError.
void add_data(ComparePlan& plan, const std::string& name);

/// The runs that choose a cell's point of the grid; none when the grid has one point.
std::vector<CompareJob> searches(const ComparePlan& plan, const CompareCell& cell);
/// The runs with the chosen point, one for each seed.
std::vector<CompareJob> finals(const ComparePlan& plan, const CompareCell& cell, std::size_t point);

/// What the contenders have in common after completion by their recipes, but for what the grid searches and the
/// budget.
struct SharedOptions {
  OptionValues model{}, training{};  // that all have and none of them differs in: "heads" is 1, …
  /// "layers 5 of gcn, 2 of the others", but for what was typed of a contender; and numbers of parameters that are not
  /// about the same.
  std::vector<std::string> different{};
};
SharedOptions shared_options(const ComparePlan& plan);

/// Budget, data choice and first seed as JSON.
std::string protocol_json(const ComparePlan& plan);

/// FOLDER/compare.json holds what all comparisons in one folder share: budget, data choice and first seed. Throw
/// FileError.
bool holds_comparison(const std::filesystem::path& folder);
void save_protocol(const std::filesystem::path& folder, const ComparePlan& plan);
/// The differences between the plan and the folder's protocol, as text; empty when there is none.
std::string protocol_difference(const std::filesystem::path& folder, const ComparePlan& plan);

/// What the plan's folder holds final results of and the plan does not name, as "karate with rbf, dot", a data set
/// each.
std::vector<std::string> other_results(const ComparePlan& plan);

}  // namespace mercer
