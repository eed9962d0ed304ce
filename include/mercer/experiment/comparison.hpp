#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mercer/experiment/compare_job.hpp"
#include "mercer/experiment/compare_plan.hpp"
#include "mercer/experiment/statistics.hpp"

namespace mercer {

/// The search result of a point of the grid.
struct SearchResult {
  Estimate validation{};  // over the search seeds
  int lost = 0;           // runs that diverged or failed
};

/// The results of a contender on a data set.
struct CellResult {
  std::vector<SearchResult> searched{};          // by point; empty without a search
  std::size_t chosen = 0;                        // point
  std::vector<std::optional<JobResult>> runs{};  // by seed; absent when a job failed

  /// The chosen metric of the test nodes, by seed; NaN for a run that diverged or failed.
  std::vector<double> test() const;
  std::vector<double> calibration_errors() const;  // by seed; NaN as in test()
  Reliability calibration() const;                 // all seeds together
  double epoch_ms() const;                         // median over all epochs of all seeds
  double peak_rss_mb() const;                      // the largest
  Index guarded() const;                           // guarded row sums, all runs together
  int diverged() const;
  int failed() const;
};

/// A contender against the baseline over all data sets.
struct OverData {
  Estimate difference{};  // of the mean scores; its count are the sets where both have one
  double probability = 1;
};

/// A comparison and its results.
struct ComparisonRecord {
  std::string command{};
  ComparePlan plan{};
  std::vector<CellResult> results{};  // by cell of the plan
  std::vector<std::string> lost{};    // runs that diverged or failed, with the reason
  int jobs = 1;                       // jobs at the same time

  std::size_t cell(std::size_t data, std::size_t contender) const { return data * plan.contenders.size() + contender; }
  const CellResult& at(std::size_t data, std::size_t contender) const& { return results.at(cell(data, contender)); }
  const CellResult& at(std::size_t data, std::size_t contender) const&& = delete;  // would dangle
  /// The difference to the baseline's test metric, paired by seed.
  Estimate against_baseline(std::size_t data, std::size_t contender) const;
  /// By contender: its mean scores less the baseline's over the data sets, and the probability of the signed-rank test
  /// over these pairs, adjusted for all contenders by Holm. NaN for the baseline and without a pair.
  std::vector<OverData> over_data() const;
};

/// The point with the highest mean validation metric among those with the fewest lost runs; ties go to the first.
std::size_t choose(const std::vector<SearchResult>& searched);

/// The search result of one point from its runs by search seed; absent runs are failed jobs.
SearchResult searched_of(const std::vector<std::optional<JobResult>>& runs);

/// Chooses each cell's point by its search results, read from their files. Throws as load_result.
void choose_points(ComparisonRecord& comparison);

/// Reads the results of each cell's runs with the chosen point; adds diverged runs to `lost`.
void take_results(ComparisonRecord& comparison);

}  // namespace mercer
