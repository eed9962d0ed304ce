#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mercer/base/option_list.hpp"
#include "mercer/tensor/tensor.hpp"

/// Metrics of a classifier on some nodes. x holds logits [n, classes] on the CPU; `rows` are the evaluated nodes.
/// All throw ValueError when `rows` is empty, or when a row is out of range or has no label among the classes.
namespace mercer {

using Labels = std::span<const std::int32_t>;
using Rows = std::span<const Node>;

/// The class of the largest logit of a row, the lowest class of several. NaN counts as less than any number.
std::int32_t predicted_class(ConstView x, Index row);

/// −(1/|rows|) Σ_i log softmax(x_i)[label_i]
double mean_cross_entropy(ConstView x, Labels labels, Rows rows);

/// Share of rows whose class is predicted correctly.
double accuracy(ConstView x, Labels labels, Rows rows);

/// count[a * classes + b]: how many rows of class a are predicted as b. [classes, classes]
std::vector<std::int64_t> confusion(ConstView x, Labels labels, Rows rows);

/// Mean over classes of 2 tp / (2 tp + fp + fn); classes that are neither labelled nor predicted don't count.
double macro_f1(ConstView x, Labels labels, Rows rows);

/// Probability that a row of class 1 has a higher score x_i1 − x_i0 than a row of class 0; ties count one half.
/// Throws ValueError unless there are two classes, both occur, and no score is NaN.
double roc_auc(ConstView x, Labels labels, Rows rows);

/// Σ_t (recall_t − recall_{t−1}) precision_t of class 1 over thresholds t on x_i1 − x_i0, from the highest down; equal
/// scores are one threshold. Throws ValueError unless there are two classes, a row of class 1, and no score is NaN.
double average_precision(ConstView x, Labels labels, Rows rows);

/// The metric that selects a model; higher is better.
enum class Metric { accuracy, macro_f1, roc_auc, micro_f1, average_precision, r2 };
inline constexpr Choice<Metric> metric_choices[]{{"accuracy", Metric::accuracy},
                                                 {"macro-f1", Metric::macro_f1},
                                                 {"roc-auc", Metric::roc_auc},
                                                 {"micro-f1", Metric::micro_f1},
                                                 {"average-precision", Metric::average_precision},
                                                 {"r2", Metric::r2}};

/// Of classes. Throws ValueError for r2.
double evaluate(Metric metric, ConstView x, Labels labels, Rows rows);

}  // namespace mercer
