#pragma once

#include <string>

#include "report/record.hpp"

namespace mercer::program {

/// The run as JSON: command, version, test_accuracy {mean, std, values}, epoch_ms {median, mean}, peak_rss_mb,
/// parameters, settings and further measurements. What does not apply (the accuracy of real numbers)
/// is left out; a value that was not measured is null.
std::string summary_json(const RunRecord& run);

/// The output of `mercer train`: the results, their files, and the command to repeat the run.
std::string summary_text(const RunRecord& run);

}  // namespace mercer::program
