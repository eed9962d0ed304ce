#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "data/labels/label_column.hpp"

namespace mercer {

/// The texts with 1 and 0 for True and False, where 1 or 0 stands beside them; else nothing. Throws FileError where
/// other classes do, too.
std::optional<std::vector<std::string_view>> truths_as_numbers(const LabelColumn& column);

}  // namespace mercer
