#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/labels/label_column.hpp"
#include "mercer/data/dataset.hpp"

/// Labels that are no classes: several of a node, or real numbers.
namespace mercer {

/// Rows of −1 alone, beside rows of 0 and 1, become unknown; the number of them.
Index without_minus_ones(Tensor& targets);

/// Sets targets [nodes, t], their kind (that of `asked`; else several labels when all are 0 or 1 and there are two or
/// more, else real numbers), labels, and class_names; without names "0", "1", …. A row without any
/// known target is of a node without a label, and so is one of −1 alone beside rows of 0 and 1. Notes the kind. Rows
/// with a single 1 are classes for that task, in other_readings; messages on them name `lists`, the column that rows
/// come from, if there is one. Throws FileError on infinite values and on too many columns.
void set_targets(const std::string& source, Tensor targets, std::vector<std::string> names, Dataset& data,
                 std::optional<LabelKind> asked = {}, const LabelColumn* lists = nullptr);

}  // namespace mercer
