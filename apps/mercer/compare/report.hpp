#pragma once

#include <string>

#include "mercer/experiment/comparison.hpp"

namespace mercer::program {

/// The comparison as one page of HTML that needs nothing from outside.
std::string comparison_report(const ComparisonRecord& comparison);

}  // namespace mercer::program
