#pragma once

#include <string>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Notes the features that name the classes one to one: a value of its own in all labelled nodes of each class, where
/// each has three or more. Such a column of `file` may be a copy of the labels.
void note_label_copies(const std::string& file, Dataset& data);

}  // namespace mercer
