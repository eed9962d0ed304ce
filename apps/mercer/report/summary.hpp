#pragma once

#include <string>

#include "report/record.hpp"

namespace mercer::program {

/// The run as JSON: command, version, test_accuracy {mean, std, values}, epoch_ms {median, mean}, peak_rss_mb,
/// parameters, and what else was chosen and measured. What was not measured is null.
std::string summary_json(const RunRecord& run);

/// The results first, then where they are and how to have them again: what `mercer train` prints.
std::string summary_text(const RunRecord& run);

}  // namespace mercer::program
