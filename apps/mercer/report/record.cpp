#include "report/record.hpp"

#include <algorithm>
#include <limits>

namespace mercer::program {

std::vector<double> of_each(const RunRecord& run, double SeedResult::*field) {
  std::vector<double> values;
  for (const SeedResult& result : run.results)
    values.push_back(result.*field);
  return values;
}

std::vector<std::string> score_names(const RunRecord& run) {
  std::vector<std::string> names;
  for (const SeedResult& result : run.results)
    for (const auto& [name, value] : result.scores)
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  const auto chosen = std::ranges::find(names, run.metric);
  if (chosen != names.end()) std::rotate(names.begin(), chosen, chosen + 1);
  return names;
}

std::vector<double> score_of_each(const RunRecord& run, const std::string& name) {
  std::vector<double> values;
  for (const SeedResult& result : run.results) {
    values.push_back(std::numeric_limits<double>::quiet_NaN());
    for (const auto& [other, value] : result.scores)
      if (other == name) values.back() = value;
  }
  return values;
}

bool is_by_accuracy(const RunRecord& run) { return run.data.task == LabelKind::classes && run.metric == "accuracy"; }

bool splits_differ(const RunRecord& run) {
  return std::ranges::any_of(run.results, [&](const SeedResult& r) { return r.split != run.results.front().split; });
}

std::vector<double> epoch_times(const RunRecord& run) {
  std::vector<double> times;
  for (const SeedResult& result : run.results)
    for (const EpochRow& row : result.history)
      times.push_back(row.milliseconds);
  return times;
}

std::vector<Index> confusion_of_all(const RunRecord& run) {
  std::vector<Index> sum(static_cast<std::size_t>(run.data.classes * run.data.classes), 0);
  for (const SeedResult& result : run.results)
    for (std::size_t at = 0; at < std::min(sum.size(), result.confusion.size()); ++at)
      sum[at] += result.confusion[at];
  return sum;
}

std::vector<ClassScore> class_scores(const std::vector<Index>& confusion, Index classes) {
  const auto at = [&](Index row, Index column) { return confusion[static_cast<std::size_t>(row * classes + column)]; };
  const auto share = [](Index part, Index whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  std::vector<ClassScore> scores;
  for (Index c = 0; c < classes; ++c) {
    Index truly = 0, called = 0;
    for (Index other = 0; other < classes; ++other) {
      truly += at(c, other);
      called += at(other, c);
    }
    scores.push_back(
        {truly, called, share(at(c, c), truly), share(at(c, c), called), share(2 * at(c, c), truly + called)});
  }
  return scores;
}

double mean_f1(const std::vector<ClassScore>& scores) {
  double sum = 0, count = 0;
  for (const ClassScore& score : scores) {
    if (score.nodes == 0 && score.called == 0) continue;
    sum += score.f1;
    ++count;
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace mercer::program
