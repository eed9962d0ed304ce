#include "mercer/autograd/batch_norm.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "autograd/result.hpp"
#include "backend/operators.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

constexpr const char* name = "batch_norm";

void check(const Variable& x, const Variable& gain, const Variable& bias, Real epsilon) {
  require(epsilon > 0, name, "epsilon: got " + std::to_string(epsilon) + ", want above 0");
  expect(name, {{"rows of gain", gain.rows(name), 1},
                {"columns of gain", gain.columns(name), x.columns(name)},
                {"rows of bias", bias.rows(name), 1},
                {"columns of bias", bias.columns(name), x.columns(name)}});
}

/// The sums of one part, [1, d], become the means over all rows.
void to_means(Tensor& sums, const BatchRows& rows) {
  if (rows.add_up) rows.add_up(sums);
  op::scale(sums, 1 / static_cast<Real>(std::max<Index>(rows.count, 1)), sums, name);
}

ColumnStatistics statistics_of(const Variable& x, const BatchRows& rows) {
  ColumnStatistics made{uninitialized(1, x.columns(), x), uninitialized(1, x.columns(), x)};
  op::sum_of_rows(x.value(), made.mean, name);
  to_means(made.mean, rows);
  op::squares_about(x.value(), made.mean, made.variance, name);
  to_means(made.variance, rows);
  return made;
}

/// What the backward pass reads.
struct Kept {
  Tensor mean, factor;
  BatchRows rows;
  bool of_batch;  // the statistics are functions of x
};

/// dx of own rows; the sums over rows are the gradients of gain and bias on this part.
void backward(const Kept& kept, std::span<Variable> in, Tensor& dy) {
  Tensor along = Tensor::like(kept.mean), slope = Tensor::like(kept.mean);
  op::batch_norm_backward_gain(in[0].value(), kept.mean, kept.factor, dy, along, name);
  op::sum_of_rows(dy, slope, name);
  in[1].add_grad(along);
  in[2].add_grad(slope);
  if (!in[0].wants_grad()) return;
  if (kept.of_batch) {
    to_means(along, kept.rows);
    to_means(slope, kept.rows);
  } else {
    along.set_zero();
    slope.set_zero();
  }
  op::batch_norm_backward(in[0].value(), kept.mean, kept.factor, in[1].value(), slope, along, dy, name);
  in[0].add_grad(std::move(dy));
}

Variable normed(const Variable& x, const Variable& gain, const Variable& bias, const ColumnStatistics& statistics,
                Real epsilon, const BatchRows& rows, bool of_batch) {
  Tensor factor = uninitialized_like(gain), y = uninitialized_like(x);
  op::inverse_root(statistics.variance, epsilon, factor, name);
  op::batch_norm(x.value(), statistics.mean, factor, gain.value(), bias.value(), y, name);
  return Variable::record(
      std::move(y), {x, gain, bias},
      [kept = Kept{statistics.mean, std::move(factor), rows, of_batch}](std::span<Variable> in, Tensor& dy) {
        backward(kept, in, dy);
      },
      name);
}

}  // namespace

BatchNormed batch_norm(const Variable& x, const Variable& gain, const Variable& bias, Real epsilon,
                       const BatchRows& rows) {
  check(x, gain, bias, epsilon);
  ColumnStatistics statistics = statistics_of(x, rows);
  Variable y = normed(x, gain, bias, statistics, epsilon, rows, true);
  return {std::move(y), std::move(statistics)};
}

BatchNormed batch_norm(const Variable& x, const Variable& gain, const Variable& bias, Real epsilon) {
  return batch_norm(x, gain, bias, epsilon, {.count = x.rows()});
}

Variable batch_norm(const Variable& x, const Variable& gain, const Variable& bias, const ColumnStatistics& statistics,
                    Real epsilon) {
  check(x, gain, bias, epsilon);
  for (const Tensor* row : {&statistics.mean, &statistics.variance})
    expect(name, {{"rows of statistics", row->rows(), 1}, {"columns of statistics", row->columns(), x.columns()}});
  return normed(x, gain, bias, statistics, epsilon, {}, false);
}

void mix(Variable running, Real keep, Tensor value, Real take) {
  expect("mix", {{"rows", value.rows(), running.rows()}, {"columns", value.columns(), running.columns()}});
  op::scale(running.value(), keep, running.mutable_value());
  op::scale(value, take, value);
  op::add_to(value, running.mutable_value());
}

}  // namespace mercer
