#include "mercer/training/metric.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "mercer/base/check.hpp"
#include "training/ranking.hpp"

namespace mercer {
namespace {

void check(const char* op, ConstView x, Labels labels, Rows rows) {
  require(x.device.is_cpu(), op, "the logits are not on the CPU");
  expect(op, {{"labels", static_cast<Index>(labels.size()), x.rows}});
  require(!rows.empty(), op, "no rows to look at");
  for (const Node i : rows) {
    require(i >= 0 && i < x.rows, op, [&] {
      return "row " + std::to_string(i) + " is not among the " + std::to_string(x.rows) + " of the logits";
    });
    const std::int32_t label = labels[static_cast<std::size_t>(i)];
    require(label >= 0 && label < x.columns, op, [&] {
      return "row " + std::to_string(i) + " has label " + std::to_string(label) + ", the logits have " +
             std::to_string(x.columns) + " classes";
    });
  }
}

/// log Σ exp x_i − x_i,label
double cross_entropy_of_row(const Real* x, Index classes, std::int32_t label) {
  const double top = static_cast<double>(*std::max_element(x, x + classes));
  double sum = 0;
  for (Index c = 0; c < classes; ++c)
    sum += std::exp(static_cast<double>(x[c]) - top);
  return std::log(sum) + top - static_cast<double>(x[label]);
}

/// x_i1 − x_i0, and is row i of class 1?
Scored scored_rows(const char* op, ConstView x, Labels labels, Rows rows) {
  check(op, x, labels, rows);
  require(x.columns == 2, op,
          "got " + std::to_string(x.columns) +
              " classes, and it is of 2: want accuracy or macro-f1; where a node has " +
              "several labels (task multi-label) it is the mean over the labels");
  Scored scored;
  for (const Node i : rows) {
    scored.emplace_back(static_cast<double>(x(i, 1)) - static_cast<double>(x(i, 0)),
                        labels[static_cast<std::size_t>(i)] == 1);
    require(!std::isnan(scored.back().first), op,
            [&] { return "the score of row " + std::to_string(i) + " is not a number"; });
  }
  return scored;
}

}  // namespace

std::int32_t predicted_class(ConstView x, Index row) {
  const Real* logits = x.row(row);
  Index best = 0;
  for (Index c = 1; c < x.columns; ++c)
    if (logits[c] > logits[best] || (std::isnan(logits[best]) && !std::isnan(logits[c]))) best = c;
  return static_cast<std::int32_t>(best);
}

double mean_cross_entropy(ConstView x, Labels labels, Rows rows) {
  check("mean_cross_entropy", x, labels, rows);
  double sum = 0;
  for (const Node i : rows)
    sum += cross_entropy_of_row(x.row(i), x.columns, labels[static_cast<std::size_t>(i)]);
  return sum / static_cast<double>(rows.size());
}

double accuracy(ConstView x, Labels labels, Rows rows) {
  check("accuracy", x, labels, rows);
  const auto right =
      std::ranges::count_if(rows, [&](Node i) { return predicted_class(x, i) == labels[static_cast<std::size_t>(i)]; });
  return static_cast<double>(right) / static_cast<double>(rows.size());
}

std::vector<std::int64_t> confusion(ConstView x, Labels labels, Rows rows) {
  check("confusion", x, labels, rows);
  std::vector<std::int64_t> count(static_cast<std::size_t>(x.columns * x.columns), 0);
  for (const Node i : rows)
    ++count[static_cast<std::size_t>(labels[static_cast<std::size_t>(i)] * x.columns + predicted_class(x, i))];
  return count;
}

double macro_f1(ConstView x, Labels labels, Rows rows) {
  const auto count = confusion(x, labels, rows);
  const auto classes = static_cast<std::size_t>(x.columns);
  double sum = 0;
  Index counted = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    std::int64_t labelled = 0, predicted = 0;  // tp + fn, tp + fp
    for (std::size_t other = 0; other < classes; ++other) {
      labelled += count[c * classes + other];
      predicted += count[other * classes + c];
    }
    if (labelled + predicted == 0) continue;
    sum += 2 * static_cast<double>(count[c * classes + c]) / static_cast<double>(labelled + predicted);
    ++counted;
  }
  return sum / static_cast<double>(counted);
}

double roc_auc(ConstView x, Labels labels, Rows rows) {
  const Scored scored = scored_rows("roc_auc", x, labels, rows);
  const auto ones = std::ranges::count(scored, true, &Scored::value_type::second);
  require(ones > 0 && ones < std::ssize(scored), "roc_auc", "all rows are of one class, want both");
  return area_under_roc(scored);
}

double average_precision(ConstView x, Labels labels, Rows rows) {
  const Scored scored = scored_rows("average_precision", x, labels, rows);
  require(std::ranges::count(scored, true, &Scored::value_type::second) > 0, "average_precision",
          "no row is of class 1");
  return area_of_steps(scored);
}

double evaluate(Metric metric, ConstView x, Labels labels, Rows rows) {
  switch (metric) {
    case Metric::macro_f1:
      return macro_f1(x, labels, rows);
    case Metric::roc_auc:
      return roc_auc(x, labels, rows);
    case Metric::average_precision:
      return average_precision(x, labels, rows);
    case Metric::r2:
      throw ValueError("[metric] r2 is of real numbers; classes have accuracy, macro-f1, roc-auc, average-precision");
    case Metric::accuracy:
    case Metric::micro_f1:  // of one class a node, the same
      break;
  }
  return accuracy(x, labels, rows);
}

}  // namespace mercer
