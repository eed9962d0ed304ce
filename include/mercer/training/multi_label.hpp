#pragma once

#include <span>

#include "mercer/tensor/tensor.hpp"

/// Metrics of classifiers with several labels for each example. x are logits [n, labels] on the CPU; x > 0 predicts the
/// label. y [n, labels] is 1 for a label, 0 for none, NaN for unknown, which doesn't count. All throw ShapeError when
/// the sizes differ, ValueError when the rows have no known label, a row is out of range, a target is another number,
/// or a logit that counts is NaN.
namespace mercer {

/// Share of the known (row, label) pairs that are predicted correctly.
double label_accuracy(ConstView x, ConstView y, std::span<const Node> rows);

/// 2 tp / (2 tp + fp + fn) of all labels counted together; 1 when there are no positives, neither true nor predicted.
double micro_f1_of_labels(ConstView x, ConstView y, std::span<const Node> rows);

/// Mean of 2 tp / (2 tp + fp + fn) over the labels that are there or predicted; 1 when there is none.
double macro_f1_of_labels(ConstView x, ConstView y, std::span<const Node> rows);

/// Means over the labels that have both a row with and a row without them. Throw ValueError when there is none.
double roc_auc_of_labels(ConstView x, ConstView y, std::span<const Node> rows);
double average_precision_of_labels(ConstView x, ConstView y, std::span<const Node> rows);

}  // namespace mercer
