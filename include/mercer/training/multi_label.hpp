#pragma once

#include <span>

#include "mercer/tensor/tensor.hpp"

/// How good a classifier is whose examples may have several labels. x are logits [n, labels] on the CPU: above 0 says
/// that the row has the label. y [n, labels] holds 1 where it has, 0 where it has not, NaN where that is unknown and
/// doesn't count. All throw ShapeError when the sizes differ, ValueError when nothing known is among the rows, a row is
/// out of range, a target is another number, or a logit that counts is NaN.
namespace mercer {

/// Share of the known (row, label) that are predicted.
double label_accuracy(ConstView x, ConstView y, std::span<const Node> rows);

/// Share of the rows of which all known labels are predicted.
double exact_match(ConstView x, ConstView y, std::span<const Node> rows);

/// 2 tp / (2 tp + fp + fn) of all labels counted together; 1 when there is nothing to find and nothing was found.
double micro_f1_of_labels(ConstView x, ConstView y, std::span<const Node> rows);

/// Mean of 2 tp / (2 tp + fp + fn) over the labels that are there or predicted; 1 when there is none.
double macro_f1_of_labels(ConstView x, ConstView y, std::span<const Node> rows);

/// Means over the labels that have both a row with and a row without them. Throw ValueError when there is none.
double roc_auc_of_labels(ConstView x, ConstView y, std::span<const Node> rows);
double average_precision_of_labels(ConstView x, ConstView y, std::span<const Node> rows);

}  // namespace mercer
