#include "mercer/training/multi_label.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "mercer/base/check.hpp"
#include "training/ranking.hpp"

namespace mercer {
namespace {

bool is_known(Real target) { return !std::isnan(target); }

void check_labels(const char* op, ConstView x, ConstView y, std::span<const Node> rows) {
  require(x.device.is_cpu() && y.device.is_cpu(), op, "the logits or targets are not on the CPU");
  expect(op, {{"rows of the targets", y.rows, x.rows}, {"columns of the targets", y.columns, x.columns}});
  Index known = 0;
  for (const Node i : rows) {
    require(i >= 0 && i < x.rows, op, [&] {
      return "row " + std::to_string(i) + " is not among the " + std::to_string(x.rows) + " of the logits";
    });
    for (Index c = 0; c < x.columns; ++c) {
      if (!is_known(y(i, c))) continue;
      ++known;
      const auto place = [&] { return "row " + std::to_string(i) + ", label " + std::to_string(c); };
      require(y(i, c) == 0 || y(i, c) == 1, op,
              [&] { return place() + ": got the target " + std::to_string(y(i, c)) + ", want 0, 1 or NaN"; });
      require(!std::isnan(x(i, c)), op, [&] { return place() + ": the logit is not a number"; });
    }
  }
  require(known > 0, op, "no known label among the rows");
}

struct Counts {
  double true_positive = 0, missed = 0;  // missed: false positives and false negatives

  bool any() const { return true_positive + missed > 0; }
  double f1() const { return any() ? 2 * true_positive / (2 * true_positive + missed) : 1; }
};

/// Of each label.
std::vector<Counts> count(ConstView x, ConstView y, std::span<const Node> rows) {
  std::vector<Counts> counts(static_cast<std::size_t>(x.columns));
  for (const Node i : rows)
    for (Index c = 0; c < x.columns; ++c) {
      if (!is_known(y(i, c))) continue;
      const bool wanted = y(i, c) == 1, got = x(i, c) > 0;
      counts[static_cast<std::size_t>(c)].true_positive += wanted && got ? 1 : 0;
      counts[static_cast<std::size_t>(c)].missed += wanted != got ? 1 : 0;
    }
  return counts;
}

/// Mean of `area` over the labels that have positives and negatives.
double mean_area(const char* op, ConstView x, ConstView y, std::span<const Node> rows, double (*area)(Scored)) {
  check_labels(op, x, y, rows);
  double sum = 0;
  Index labels = 0;
  for (Index c = 0; c < x.columns; ++c) {
    Scored scored;
    for (const Node i : rows)
      if (is_known(y(i, c))) scored.emplace_back(static_cast<double>(x(i, c)), y(i, c) == 1);
    const auto positives = std::ranges::count(scored, true, &Scored::value_type::second);
    if (positives == 0 || positives == std::ssize(scored)) continue;
    sum += area(std::move(scored));
    ++labels;
  }
  require(labels > 0, op, "no label has both a row with it and a row without it");
  return sum / static_cast<double>(labels);
}

}  // namespace

double label_accuracy(ConstView x, ConstView y, std::span<const Node> rows) {
  check_labels("label_accuracy", x, y, rows);
  double right = 0, known = 0;
  for (const Node i : rows)
    for (Index c = 0; c < x.columns; ++c) {
      if (!is_known(y(i, c))) continue;
      ++known;
      right += (x(i, c) > 0) == (y(i, c) == 1) ? 1 : 0;
    }
  return right / known;
}

double micro_f1_of_labels(ConstView x, ConstView y, std::span<const Node> rows) {
  check_labels("micro_f1_of_labels", x, y, rows);
  Counts all;
  for (const Counts& of_label : count(x, y, rows)) {
    all.true_positive += of_label.true_positive;
    all.missed += of_label.missed;
  }
  return all.f1();
}

double macro_f1_of_labels(ConstView x, ConstView y, std::span<const Node> rows) {
  check_labels("macro_f1_of_labels", x, y, rows);
  double sum = 0;
  Index labels = 0;
  for (const Counts& of_label : count(x, y, rows)) {
    if (!of_label.any()) continue;
    sum += of_label.f1();
    ++labels;
  }
  return labels > 0 ? sum / static_cast<double>(labels) : 1;
}

double roc_auc_of_labels(ConstView x, ConstView y, std::span<const Node> rows) {
  return mean_area("roc_auc_of_labels", x, y, rows, area_under_roc);
}

double average_precision_of_labels(ConstView x, ConstView y, std::span<const Node> rows) {
  return mean_area("average_precision_of_labels", x, y, rows, area_of_steps);
}

}  // namespace mercer
