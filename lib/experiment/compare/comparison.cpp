#include "mercer/experiment/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mercer {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// what(run) for each seed; NaN for a run that failed or diverged.
template <class What>
std::vector<double> by_seed(const std::vector<std::optional<JobResult>>& runs, What&& what) {
  std::vector<double> values;
  for (const std::optional<JobResult>& run : runs)
    values.push_back(run && !has_diverged(run->result) ? what(*run) : unknown);
  return values;
}

std::vector<std::optional<JobResult>> results_of(const std::vector<CompareJob>& jobs) {
  std::vector<std::optional<JobResult>> results;
  for (const CompareJob& job : jobs)
    results.push_back(load_result(job));
  return results;
}

}  // namespace

std::vector<double> CellResult::test() const {
  return by_seed(runs, [](const JobResult& run) { return run.result.test_metric; });
}

std::vector<double> CellResult::calibration_errors() const {
  return by_seed(runs, [](const JobResult& run) { return expected_calibration_error(run.calibration); });
}

Reliability CellResult::calibration() const {
  Reliability all;
  for (const std::optional<JobResult>& run : runs)
    if (run && !has_diverged(run->result)) all += run->calibration;
  return all;
}

double CellResult::epoch_ms() const {
  std::vector<double> times;
  for (const std::optional<JobResult>& run : runs)
    if (run)
      for (const EpochRow& row : run->result.history)
        times.push_back(row.milliseconds);
  return times.empty() ? unknown : median(std::move(times));
}

double CellResult::peak_rss_mb() const {
  double peak = unknown;
  for (const std::optional<JobResult>& run : runs)
    if (run) peak = std::fmax(peak, run->peak_rss_mb);
  return peak;
}

Index CellResult::guarded() const {
  Index sum = 0;
  for (const std::optional<JobResult>& run : runs)
    if (run) sum += run->result.guarded;
  return sum;
}

int CellResult::diverged() const {
  return static_cast<int>(std::ranges::count_if(
      runs, [](const std::optional<JobResult>& run) { return run && has_diverged(run->result); }));
}

int CellResult::failed() const {
  return static_cast<int>(std::ranges::count_if(runs, [](const auto& run) { return !run; }));
}

Estimate ComparisonRecord::against_baseline(std::size_t data, std::size_t contender) const {
  return paired_difference(at(data, contender).test(), at(data, plan.baseline).test());
}

std::vector<OverData> ComparisonRecord::over_data() const {
  const auto means = [&](std::size_t contender) {
    std::vector<double> by_data;
    for (std::size_t d = 0; d < plan.data.size(); ++d)
      by_data.push_back(spread(at(d, contender).test()).mean);
    return by_data;
  };
  const std::vector<double> baseline = means(plan.baseline);
  std::vector<OverData> over;
  std::vector<double> probabilities;
  for (std::size_t c = 0; c < plan.contenders.size(); ++c) {
    const std::vector<double> mine = means(c);
    const Estimate difference = c == plan.baseline ? Estimate{unknown} : paired_difference(mine, baseline);
    over.push_back({difference});
    probabilities.push_back(difference.count == 0 ? unknown : signed_rank_test(mine, baseline));
  }
  probabilities = holm_adjusted(probabilities);
  for (std::size_t c = 0; c < over.size(); ++c)
    over[c].probability = probabilities[c];
  return over;
}

std::size_t choose(const std::vector<SearchResult>& searched) {
  std::size_t best = 0;
  for (std::size_t point = 1; point < searched.size(); ++point) {
    const SearchResult &mine = searched[point], &other = searched[best];
    if (mine.lost != other.lost) {
      if (mine.lost < other.lost) best = point;
    } else if (mine.validation.mean > other.validation.mean) {
      best = point;
    }
  }
  return best;
}

SearchResult searched_of(const std::vector<std::optional<JobResult>>& runs) {
  SearchResult searched;
  const std::vector<double> values = by_seed(runs, [](const JobResult& run) { return run.result.validation_metric; });
  searched.validation = estimate(values);
  searched.lost = static_cast<int>(runs.size() - searched.validation.count);
  return searched;
}

void choose_points(ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  for (std::size_t c = 0; c < plan.cells.size(); ++c) {
    const std::vector<CompareJob> jobs = searches(plan, plan.cells[c]);
    CellResult& cell = comparison.results[c];
    for (std::size_t at = 0; at < jobs.size(); at += static_cast<std::size_t>(plan.search_seeds)) {
      const auto first = jobs.begin() + static_cast<std::ptrdiff_t>(at);
      cell.searched.push_back(searched_of(results_of({first, first + plan.search_seeds})));
    }
    cell.chosen = choose(cell.searched);
  }
}

void take_results(ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  for (std::size_t c = 0; c < plan.cells.size(); ++c) {
    CellResult& cell = comparison.results[c];
    const std::vector<CompareJob> jobs = finals(plan, plan.cells[c], cell.chosen);
    cell.runs = results_of(jobs);
    for (std::size_t s = 0; s < jobs.size(); ++s)
      if (cell.runs[s] && has_diverged(cell.runs[s]->result))
        comparison.lost.push_back(jobs[s].says + ": " + cell.runs[s]->result.note);
  }
}

}  // namespace mercer
