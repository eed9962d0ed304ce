#pragma once

#include <optional>

#include "data/labels/label_column.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Sets labels and class_names: the one check of labels of text. Classes are numbered in ascending order: integers by
/// value, then other names; 1.0 is the class 1. A missing value (is_missing) is no label; spellings other than an empty
/// text are counted in a note. Real numbers, and lists of several numbers as 3;5, become targets; so do numbers
/// of which nearly every node has its own, and texts that are lists or numbers with a decimal comma, with a doubt. What
/// another task reads otherwise is in other_readings. Other names of which nearly every node has its own throw
/// FileError, and so do lists of which most hold a label of their own, and several labels of an item.
void set_labels(const LabelColumn& column, Dataset& data);
/// The same where a comment says that a node may have several labels: lists, or a column of 0 and 1 for each class.
void set_several_labels(const LabelColumn& column, Dataset& data);
/// The same where the source says the task, real numbers, too.
void set_labels(const LabelColumn& column, std::optional<LabelKind> task, Dataset& data);

}  // namespace mercer
