#pragma once

#include <string>

#include "report/record.hpp"

namespace mercer::program {

/// The run as one self-contained HTML page: results, learning curves, classes, data, settings, and the command.
std::string html_report(const RunRecord& run);

/// "82.9 %", or "–" for NaN.
std::string percent(double share);
/// "82.9 ± 0.7 %", without the deviation for a single value.
std::string percent(const Spread& shares, std::size_t count);
/// 92373 → "92,373".
std::string grouped(Index number);

}  // namespace mercer::program
