#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/option_text.hpp"
#include "mercer/experiment/compare_plan.hpp"

namespace CLI {
class App;
}

namespace mercer::program {

/// The options of `mercer compare`.
struct CompareRequest {
  std::string attention{}, baseline{}, stack{}, out{};
  std::optional<std::string> grid{};  // absent: one that suits graphs, or sequences
  TrainingChoice training{};          // the common budget
  DataChoice data{};                  // its name is the list of data sets
  std::uint64_t seed = 0;
  int seeds = 10, search_seeds = 3, jobs = 0;
  bool fresh = false, quiet = false;
};

void declare(CLI::App& app, CompareRequest& request);

/// The contenders of "gat,rbf:p=1.8". Throws UsageError or ValueError for an empty list, a repeated name, an unknown
/// model or option (with the nearest name), or an invalid value.
std::vector<Contender> contenders_of(const std::string& list);

/// The grid of "learning-rate=0.005,0.01;dropout=0.4,0.6", or "none". Throws UsageError for options of the budget.
Grid grid_of(const std::string& text);
std::vector<GridPoint> points_of(const Grid& grid);  // in order, the last axis fastest; one empty point without axes

/// The baseline: the typed name, else gat, else the first contender. Throws UsageError.
std::size_t baseline_of(const std::vector<Contender>& contenders, const std::string& typed);

/// Completes the budget, of sequences by the recipe of their Transformer, of a stack by its recipe for gat. Throws
/// UsageError, ValueError; also when the grid sets an option of the budget.
TrainingChoice budget_of(const CompareRequest& request, const Grid& grid, bool of_sequences);

/// The whole plan, after reading every data set. Throws UsageError, ValueError, FileError.
ComparePlan plan_of(const CompareRequest& request);

}  // namespace mercer::program
