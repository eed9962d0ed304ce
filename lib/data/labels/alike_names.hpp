#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mercer {

/// The name that alike ones share: without blanks at the ends, characters that aren't seen and zeros or + before a
/// whole number, letters a … z small, and é of Latin-1 as two characters.
std::string folded_name(std::string_view name);

/// The name in quotes, with <U+200B> and the like for characters that aren't seen or look like blanks.
std::string in_quotes_seen(std::string_view name);

/// Names that are alike (folded_name), as "'A' and 'a'" for each such group; at most three of them.
std::vector<std::string> alike_names(const std::vector<std::string>& names);

}  // namespace mercer
