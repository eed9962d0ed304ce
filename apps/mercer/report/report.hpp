#pragma once

#include <string>

#include "report/record.hpp"

namespace mercer::program {

/// The run as one page of HTML that needs nothing from outside: results, learning curves, classes, data, settings,
/// and the command.
std::string html_report(const RunRecord& run);

/// "82.9 %", or "–" when there is nothing to count.
std::string percent(double share);
/// "82.9 ± 0.7 %", without the deviation when there is one value.
std::string percent(const Spread& shares, std::size_t count);
/// 92373 → "92,373".
std::string grouped(Index number);

}  // namespace mercer::program
