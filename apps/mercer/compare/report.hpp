#pragma once

#include <string>

#include "mercer/experiment/comparison.hpp"

namespace mercer::program {

/// The comparison as one self-contained HTML page.
std::string comparison_report(const ComparisonRecord& comparison);

}  // namespace mercer::program
