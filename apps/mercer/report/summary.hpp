#pragma once

#include <string>

#include "train/record.hpp"

namespace mercer::program {

/// The run as JSON: command, version, test_accuracy {mean, std, values}, epoch_ms {median, mean}, peak_rss_mb,
/// parameters, and what else was chosen and measured. What was not measured is null.
std::string summary_json(const RunRecord& run);

/// The results first, then where they are and how to have them again: what `mercer train` prints.
std::string summary_text(const RunRecord& run);

/// Largest resident memory of this process so far, in units of 10^6 bytes.
double peak_memory_mb();

}  // namespace mercer::program
