#pragma once

#include <string>

#include "mercer/experiment/comparison.hpp"

namespace mercer::program {

/// A table for each data set, and what was done: what `mercer compare` prints.
std::string results_text(const ComparisonRecord& comparison);

/// One line for each contender and data set, with a head.
std::string results_csv(const ComparisonRecord& comparison);

/// All of it: command, version, protocol, and for each contender and data set the mean, the deviation, the values by
/// seed, the paired difference with its interval, the point that was chosen and those that were not.
std::string results_json(const ComparisonRecord& comparison);

/// "+0.6 (−0.1 … +1.3)" in percentage points; "–" for the baseline, or when there is nothing to compare.
std::string difference_text(const ComparisonRecord& comparison, std::size_t data, std::size_t contender);

/// "83.0 ± 0.5 %", with "18 of 20" when runs were lost.
std::string score_text(const ComparisonRecord& comparison, std::size_t data, std::size_t contender);

/// "3.25 ms"; "–" for what was not measured.
std::string measured(double value, int digits, const std::string& unit = "");

/// How the comparison was made, in a few sentences.
std::vector<std::string> protocol_text(const ComparisonRecord& comparison);

/// The mercer train command that gives the same values again.
std::string train_command(const ComparePlan& plan, const CompareCell& cell, std::size_t point);

}  // namespace mercer::program
