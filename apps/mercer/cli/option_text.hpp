#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mercer/experiment/option_text.hpp"

namespace mercer::program {

/// The parts of "a,b,c". Throws UsageError for an empty or repeated part; `what` names the list.
std::vector<std::string> parts_of(std::string_view list, char separator, const std::string& what);

/// "p=1.8" → {"p", "1.8"}. Throws UsageError; `what` names the place.
OptionText option_text(const std::string& text, const std::string& what);

}  // namespace mercer::program
