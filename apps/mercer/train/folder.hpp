#pragma once

#include "cli/options.hpp"
#include "mercer/experiment/result.hpp"
#include "report/record.hpp"

/// What may be replaced in the folder of a run, `--out`.
namespace mercer::program {

/// Before the data are read. Throws UsageError where a run into that folder would take the place of the model that it
/// begins with, of an interrupted run, or of files that are of no run.
void check_folder(const TrainCommand& asked);

/// Before the training. Throws UsageError where the folder holds a finished run of other settings or data; one line
/// where it holds this very run, which is trained again and gives the same bits.
void check_finished(const std::string& out, const RunRecord& now, const Fingerprint& source);

/// How many seeds the run of a folder had; 0 where its summary doesn't say.
int seeds_of_run(const std::string& folder);

}  // namespace mercer::program
