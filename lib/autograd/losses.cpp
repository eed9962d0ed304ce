#include "mercer/autograd/losses.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "autograd/class_targets.hpp"
#include "mercer/autograd/arithmetic.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

std::vector<Node> first_rows(Index count) {
  std::vector<Node> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), Node{0});
  return rows;
}

void check(const CrossEntropyOptions& options, Index classes) {
  const auto& weights = options.class_weights;
  if (!weights.empty()) expect("cross_entropy", {{"class weights", std::ssize(weights), classes}});
  check_class_weights(weights);
  const Real smoothing = options.label_smoothing;
  require(smoothing >= 0 && smoothing < 1, "cross_entropy",
          "label smoothing: got " + std::to_string(smoothing) + ", want 0 or more and less than 1");
}

/// The target t of each listed row, times the class weights over their sum, so that the loss is −Σ t ∘ log_softmax(x).
Tensor soft_labels(std::span<const std::int32_t> labels, std::span<const Node> rows, Index classes,
                   const CrossEntropyOptions& options, Real total_weight) {
  const auto weight = [&](Index c) {
    return options.class_weights.empty() ? Real(1) : options.class_weights[static_cast<std::size_t>(c)];
  };
  Tensor t(std::ssize(rows), classes);
  double here = 0;
  for (Index i = 0; i < t.rows(); ++i) {
    const Index label = labels[static_cast<std::size_t>(rows[static_cast<std::size_t>(i)])];
    here += double{weight(label)};
    for (Index c = 0; c < classes; ++c)
      t(i, c) = weight(c) * options.label_smoothing / static_cast<Real>(classes);
    t(i, label) += weight(label) * (1 - options.label_smoothing);
  }
  const double total = weight_of_rows(here, total_weight);
  for (Real& value : t.values())
    value = static_cast<Real>(double{value} / total);
  return t;
}

}  // namespace

Variable cross_entropy(const Variable& logits, std::span<const std::int32_t> labels, std::span<const Node> rows,
                       const CrossEntropyOptions& options, Real total_weight) {
  expect("cross_entropy", {{"labels", std::ssize(labels), logits.rows()}});
  check(options, logits.columns());
  check_class_rows(labels, rows, logits.columns(), total_weight);
  const Variable t(soft_labels(labels, rows, logits.columns(), options, total_weight).to(logits.device()));
  return -sum(t * log_softmax(gather_rows(logits, {rows.begin(), rows.end()})));
}

RealTargets::RealTargets(const Tensor& values, std::span<const Node> rows, Device device, Index total_rows)
    : rows_(values.rows()), listed_(rows.begin(), rows.end()) {
  require(total_rows >= 0, "RealTargets",
          "total rows: got " + std::to_string(total_rows) + ", want the number of all rows, or 0 for these");
  require(total_rows > 0 || !rows.empty(), "RealTargets", "rows: got none, want at least one");
  expect_at_least_one("RealTargets", "columns", values.columns());
  const Tensor here = values.to(Device::cpu);
  Tensor taken(std::ssize(rows), values.columns());
  for (Index i = 0; i < taken.rows(); ++i) {
    const Node row = rows[static_cast<std::size_t>(i)];
    require(row >= 0 && row < rows_, "RealTargets",
            [&] { return "row: got " + std::to_string(row) + ", want 0 … " + std::to_string(rows_ - 1); });
    std::copy_n(here.row(row), taken.columns(), taken.row(i));
  }
  for (const Real value : taken.values()) {
    require(std::isfinite(value), "RealTargets",
            [&] { return "value: got " + std::to_string(value) + ", want a finite number"; });
    least_ = std::min(least_, value);
    most_ = std::max(most_, value);
  }
  const Index count = (total_rows > 0 ? total_rows : taken.rows()) * taken.columns();
  share_ = count > 0 ? 1 / static_cast<Real>(count) : Real(0);
  values_ = Variable(taken.to(device));
}

RealTargets::RealTargets(const Tensor& values) : RealTargets(values, first_rows(values.rows()), values.device()) {
  listed_.clear();
}

Variable RealTargets::listed_rows(const char* op, const Variable& y) const {
  expect(op, {{"rows of the output", y.rows(op), rows_}, {"columns of the output", y.columns(op), values_.columns()}});
  return listed_.empty() && values_.rows() == rows_ ? y : gather_rows(y, listed_);
}

Variable mean_squared_error(const Variable& y, const RealTargets& targets) {
  const Variable gap = targets.listed_rows("mean_squared_error", y) - targets.values();
  return sum(gap * gap) * targets.share();
}

Variable mean_absolute_error(const Variable& y, const RealTargets& targets) {
  return sum(abs(targets.listed_rows("mean_absolute_error", y) - targets.values())) * targets.share();
}

Variable binary_cross_entropy(const Variable& logits, const RealTargets& targets) {
  for (const Real each : {targets.least(), targets.most()})
    require(each >= 0 && each <= 1, "binary_cross_entropy",
            [&] { return "target: got " + std::to_string(each) + ", want 0 … 1"; });
  const Variable x = targets.listed_rows("binary_cross_entropy", logits);
  // −t log σ(x) − (1 − t) log(1 − σ(x)) = ln(1 + e^x) − t x
  return sum(softplus(x) - targets.values() * x) * targets.share();
}

}  // namespace mercer
