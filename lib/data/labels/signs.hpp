#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/labels/label_column.hpp"

namespace mercer {

inline constexpr const char* signs_note =
    "-1 and 1 are the only labels: they are two classes; where -1 is no label, leave it empty or write nan";

/// Takes - and −1 as classes where the other labels show it, and returns a note that says so, else "". A dash is one
/// beside +, or where every other label is +1; −1 is one beside +, where −1 and 1 are the only labels, and where +1,
/// written so, and 0 are the others.
std::string take_signs(LabelColumn& column);

/// The names of the classes that occur as a reader of text takes them: it decides by them what - and −1 are. Fills
/// `names`, which the column shows.
LabelColumn column_of_classes(const Dataset& data, std::vector<std::string_view>& names);

}  // namespace mercer
