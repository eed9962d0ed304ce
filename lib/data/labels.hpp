#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/label_column.hpp"
#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// Sets labels and class_names: the one check of labels of text. Classes are numbered in ascending order: integers by
/// value, then other names; 1.0 is the class 1. A missing value (is_missing) is no label; spellings other than an empty
/// text and - are counted in a note. Real numbers, and lists of several numbers as 3;5, become targets; so do numbers
/// of which nearly every node has its own, and texts that are lists or numbers with a decimal comma, with a doubt. What
/// another task reads otherwise is in other_readings. Other names of which nearly every node has its own throw
/// FileError, and so do several labels of an item.
void set_labels(const LabelColumn& column, Dataset& data);
/// The same where a comment says that a node may have several labels: lists, or a column of 0 and 1 for each class.
void set_several_labels(const LabelColumn& column, Dataset& data);
/// The same where the source says the task, real numbers, too.
void set_labels(const LabelColumn& column, std::optional<LabelKind> task, Dataset& data);

/// What a source says of its array of labels.
struct ArrayLabels {
  std::optional<LabelKind> task{};
  bool named = false;  // the labels count names of classes, from 0
};

/// The same of an array of numbers, [nodes] or [nodes, 1]: classes 0, 1, …; −1, −100 and NaN are no label. Real
/// numbers and several columns become targets, and so do whole numbers where the task says that they are no classes.
/// Throws FileError on another shape.
void set_labels(const NpyArray& array, Index nodes, Dataset& data, const ArrayLabels& said = {});

/// Rows of −1 alone, beside rows of 0 and 1, become unknown; the number of them.
Index without_minus_ones(Tensor& targets);

/// Sets targets [nodes, t], their kind (that of `asked`; else several labels when all are 0 or 1 and there are two or
/// more, else real numbers), labels, and class_names; without names "0", "1", …. A row without
/// any known target is of a node without a label, and so is one of −1 alone beside rows of 0 and 1. Notes the kind.
/// Rows with a single 1 are classes for that task, in other_readings. Throws FileError on infinite values and on too
/// many columns.
void set_targets(const std::string& source, Tensor targets, std::vector<std::string> names, Dataset& data,
                 std::optional<LabelKind> asked = {});

}  // namespace mercer
