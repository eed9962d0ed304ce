#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mercer/base/types.hpp"

/// Labels that may stand for none.
namespace mercer {

/// Is the label a word for none, as unknown or unlabeled? Any case.
bool says_no_label(std::string_view text);
/// Is it a word that may be a class or none, as other or undefined? Any case.
bool may_say_no_label(std::string_view text);

/// Of numbers such as 999 and -99, which people write for what they don't know, one that lies farther from all others
/// than these from each other; NaN counts as none.
std::optional<double> stand_in_of(std::span<const double> values);

/// "-99 may stand for no label; 5 nodes have it: write nan where it does".
std::string doubt_of_stand_in(double number, Index count, std::string_view example);
/// The same of a word.
std::string doubt_of_stand_in(std::string_view word, Index count, std::string_view example);

}  // namespace mercer
