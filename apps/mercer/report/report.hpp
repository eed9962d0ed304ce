#pragma once

#include <cstdint>
#include <string>

#include "base/counted.hpp"
#include "report/record.hpp"

namespace mercer::program {

/// The run as one self-contained HTML page: results, learning curves, classes, data, settings, and the command.
std::string html_report(const RunRecord& run);

/// "seed 3", "seeds 0 to 9".
std::string seeds_in_words(std::uint64_t first, int count);
/// "82.9 %", or "–" for NaN.
std::string percent(double share);
/// "82.9 ± 0.7 %", without the deviation for a single value.
std::string percent(const Spread& shares, std::size_t count);
/// Is the score of that name shown in percent?
bool is_share(const std::string& name);
/// A score by its name: "82.9 %" of a share, "0.7312" of r2, mae, rmse and loss, which are none.
std::string score_text(const std::string& name, double value);
std::string score_text(const std::string& name, const Spread& values, std::size_t count);

}  // namespace mercer::program
