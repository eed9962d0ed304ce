#pragma once

#include <string>
#include <vector>

#include "cli/option_text.hpp"
#include "mercer/experiment/compare_plan.hpp"

namespace CLI {
class App;
}

namespace mercer::program {

/// What `mercer compare` was asked for.
struct CompareRequest {
  std::string attention{}, baseline{}, grid{}, out{};
  TrainingChoice training{};  // the budget, the same for all
  DataChoice data{};          // its name is the list of names
  std::uint64_t seed = 0;
  int seeds = 10, search_seeds = 3, jobs = 0;
  bool fresh = false, quiet = false;
};

void declare(CLI::App& app, CompareRequest& request);

/// "gat,rbf:p=1.8". Throws UsageError, ValueError: an empty list, a name that comes twice, an unknown model or option
/// (with the nearest name), a value that can't be.
std::vector<Contender> contenders_of(const std::string& list);

/// "learning-rate=0.005,0.01;dropout=0.4,0.6", or "none". Throws UsageError for what the budget fixes.
Grid grid_of(const std::string& text);
std::vector<GridPoint> points_of(const Grid& grid);  // in order, the last axis fastest; one empty point without axes

/// Which contender the others are compared with: `typed`, or else gat, or else the first. Throws UsageError.
std::size_t baseline_of(const std::vector<Contender>& contenders, const std::string& typed);

/// The budget with what was not typed. Throws UsageError, ValueError; also when the grid sets the same option.
TrainingChoice budget_of(const CompareRequest& request, const Grid& grid);

/// The whole plan, with every data set read. Throws UsageError, ValueError, FileError.
ComparePlan plan_of(const CompareRequest& request);

}  // namespace mercer::program
