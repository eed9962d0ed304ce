#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mercer/experiment/compare_job.hpp"
#include "mercer/experiment/compare_plan.hpp"
#include "mercer/experiment/statistics.hpp"

namespace mercer {

/// A point of the grid as the search saw it.
struct SearchResult {
  Estimate validation{};  // over the search seeds
  int lost = 0;           // runs that diverged or failed
};

/// What came of a contender on a data set.
struct CellResult {
  std::vector<SearchResult> searched{};          // by point; empty without a search
  std::size_t chosen = 0;                        // point
  std::vector<std::optional<JobResult>> runs{};  // by seed; absent when a job failed

  /// The chosen metric of the test nodes, by seed; NaN for a run that diverged or failed.
  std::vector<double> test() const;
  std::vector<double> calibration_errors() const;  // by seed, the same way
  Reliability calibration() const;                 // all seeds together
  double epoch_ms() const;                         // median over all epochs of all seeds
  double peak_rss_mb() const;                      // the largest
  Index guarded() const;                           // row sums that were too near 0, in all runs
  int diverged() const;
  int failed() const;
};

/// A comparison and all that was found.
struct ComparisonRecord {
  std::string command{};
  ComparePlan plan{};
  std::vector<CellResult> results{};  // by cell of the plan
  std::vector<std::string> lost{};    // runs that diverged or failed, and why
  int jobs = 1;                       // side by side

  std::size_t cell(std::size_t data, std::size_t contender) const { return data * plan.contenders.size() + contender; }
  const CellResult& at(std::size_t data, std::size_t contender) const { return results.at(cell(data, contender)); }
  /// Test metric minus the baseline's, seed by seed.
  Estimate against_baseline(std::size_t data, std::size_t contender) const;
};

/// The point with the highest mean validation metric among those that lost the fewest runs; the first of equals.
std::size_t choose(const std::vector<SearchResult>& searched);

/// Validation metric over the search seeds; `runs` of one point, absent when a job failed.
SearchResult searched_of(const std::vector<std::optional<JobResult>>& runs);

/// Chooses each cell's point by the results of its searches, which are read from their files. Throws as load_result.
void choose_points(ComparisonRecord& comparison);

/// Reads the results of each cell's runs with the chosen point, and lists in `lost` those that diverged.
void take_results(ComparisonRecord& comparison);

}  // namespace mercer
