#pragma once

#include <optional>

#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"

/// Labels as an array of numbers.
namespace mercer {

/// What a source says of its array of labels.
struct ArrayLabels {
  std::optional<LabelKind> task{};
  bool named = false;  // the labels count names of classes, from 0
};

/// Sets labels and class_names from an array of numbers, [nodes] or [nodes, 1]: classes 0, 1, …; −1, −100 and NaN are
/// no label. Real numbers and several columns become targets, and so do whole numbers where the task says that they are
/// no classes. Throws FileError on another shape.
void set_labels(const NpyArray& array, Index nodes, Dataset& data, const ArrayLabels& said = {});

}  // namespace mercer
