#pragma once

#include <string>
#include <vector>

namespace mercer {

/// Names that differ alone in the case of letters a … z, blanks at their ends, or the form of Unicode (é as one
/// character or as two; of Latin-1), as "'A' and 'a'" for each such group; at most three of them.
std::vector<std::string> alike_names(const std::vector<std::string>& names);

}  // namespace mercer
