#pragma once

#include <string>

#include "mercer/experiment/tuning.hpp"

namespace mercer::program {

/// The name of the score that decides.
std::string metric_of(const TuneRecord& record);

/// tune.json: command, version, protocol, and every trial with its values and scores. Also before the end.
std::string search_json(const TuneRecord& record, bool finished);

/// best.json: the options of the best trial, which mercer train --config takes.
std::string best_json(const TuneRecord& record);

/// The output of `mercer tune`: the best trials, what to do next.
std::string search_text(const TuneRecord& record);

/// report.html, a page that needs no network.
std::string search_report(const TuneRecord& record);

/// "The best learning-rate, 0.029, is at the upper end of its range: …", one sentence for each such range.
std::vector<std::string> edge_warnings(const TuneRecord& record);

}  // namespace mercer::program
