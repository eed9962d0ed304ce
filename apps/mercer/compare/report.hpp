#pragma once

#include <string>

#include "compare/comparison.hpp"

namespace mercer::program {

/// The comparison as one page of HTML that needs nothing from outside.
std::string comparison_report(const Comparison& comparison);

}  // namespace mercer::program
