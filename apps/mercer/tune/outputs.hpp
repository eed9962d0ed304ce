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

/// The command that trains the best settings and scores the test nodes.
std::string final_line(const TuneRecord& record);

/// The output of `mercer tune`: the best trials, what to do next.
std::string search_text(const TuneRecord& record);

/// Is the first trial the unsearched settings?
std::string own_in_words(const TunePlan& plan);

/// "recipe's own settings: validation 78.6 %; best: 80.2 %, trial 4"; empty where nothing compares them.
std::string against_own(const TuneRecord& record);

/// report.html, a page that needs no network.
std::string search_report(const TuneRecord& record);

/// What the result may hang on, a sentence each: one split of many; a best value at the end of its range.
std::vector<std::string> warnings_of(const TuneRecord& record);

}  // namespace mercer::program
