#pragma once

#include <functional>

#include "mercer/autograd/variable.hpp"

/// The norm of columns over the rows of a batch (Ioffe and Szegedy, Batch Normalization, ICML 2015, algorithm 1).
namespace mercer {

/// The rows that are normalised together: those of x, and those of other parts of the same graph.
struct BatchRows {
  Index count = 0;                     // of all parts
  std::function<void(View)> add_up{};  // x ← Σ over parts of x, called on every part; absent: x has all rows
};

/// Mean and variance of each column, [1, d]. The variance divides by the number of rows.
struct ColumnStatistics {
  Tensor mean, variance;
};

struct BatchNormed {
  Variable y;
  ColumnStatistics statistics;  // of the batch
};

/// y_i = gain ∘ (x_i − mean) / √(variance + epsilon) + bias with the statistics of the batch; gain and bias [1, d]. The
/// gradient goes through the statistics, too. No rows give zeros as statistics. Throws ShapeError on operands that
/// don't fit, ValueError unless epsilon > 0.
BatchNormed batch_norm(const Variable& x, const Variable& gain, const Variable& bias, Real epsilon,
                       const BatchRows& rows);
BatchNormed batch_norm(const Variable& x, const Variable& gain, const Variable& bias, Real epsilon = Real(1e-5));

/// The same with given statistics, which are constants.
Variable batch_norm(const Variable& x, const Variable& gain, const Variable& bias, const ColumnStatistics& statistics,
                    Real epsilon = Real(1e-5));

/// running ← keep · running + take · value, in place and without a tape: running statistics.
void mix(Variable running, Real keep, Tensor value, Real take);

}  // namespace mercer
