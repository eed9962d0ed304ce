#pragma once

#include <string>

#include "mercer/experiment/comparison.hpp"

namespace mercer::program {

/// The output of `mercer compare`: a table for each data set, and how the comparison was made.
std::string results_text(const ComparisonRecord& comparison);

/// A header line, then a line for each contender and data set.
std::string results_csv(const ComparisonRecord& comparison);

/// Everything: command, version, protocol, and for each contender and data set the mean, the deviation, the values by
/// seed, the paired difference with its interval, the chosen point and the other points.
std::string results_json(const ComparisonRecord& comparison);

/// "+0.6 (−0.1 … +1.3)" in percentage points; "–" for the baseline or without a difference.
std::string difference_text(const ComparisonRecord& comparison, std::size_t data, std::size_t contender);

/// "+0.6, p 0.031": the mean difference over the data sets in percentage points, and the adjusted probability of the
/// signed-rank test; "–" for the baseline.
std::string over_data_text(const OverData& over);

/// How the test over data sets was made and what it can show; empty for one data set.
std::string over_data_method(const ComparisonRecord& comparison);

/// "83.0 ± 0.5 %", with "18 of 20" when runs were lost.
std::string score_text(const ComparisonRecord& comparison, std::size_t data, std::size_t contender);

/// A line where every model has the same score in every seed: such data tell nothing; else empty.
std::string alike_text(const ComparisonRecord& comparison, std::size_t data);

/// "3.25 ms"; "–" when not measured.
std::string measured(double value, int digits, const std::string& unit = "");

/// What was compared: the stack, the budget of every training, and the search. And how to read the figures: deviations,
/// intervals, and what in them wants care.
std::vector<std::string> budget_text(const ComparisonRecord& comparison);
std::vector<std::string> method_text(const ComparisonRecord& comparison);

/// The mercer train command that reproduces the values.
std::string train_command(const ComparePlan& plan, const CompareCell& cell, std::size_t point);

}  // namespace mercer::program
