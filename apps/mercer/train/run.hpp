#pragma once

#include <filesystem>

#include "cli/options.hpp"
#include "cli/progress.hpp"
#include "mercer/experiment/train_seed.hpp"
#include "mercer/experiment/unfinished_run.hpp"
#include "report/log.hpp"
#include "report/record.hpp"

namespace mercer::program {

/// A run over all its seeds, new or resumed.
class TrainRun {
 public:
  /// Prepares the data. Throws FileError, UsageError, ValueError.
  TrainRun(UnfinishedRun begun, std::filesystem::path out, bool quiet, const Machine& machine);
  /// Trains the remaining seeds, prints and writes the results; returns the exit code. An interrupt leaves a checkpoint
  /// in `out`.
  int run();

 private:
  void describe_run();
  void open_outputs();
  SeedRun one_seed(Index turn);
  void show(const EpochReport& report, Index turn);
  bool best_so_far(const SeedResult& result) const;
  void save_best(const SeedRun& seed);
  int stop(SeedRun seed);
  void finish();

  UnfinishedRun begun_;
  std::filesystem::path out_;
  bool quiet_;
  Problem problem_;
  RunRecord record_;
  RunLog log_;
  Progress progress_;
  double best_ = 0;      // best validation score of the current seed
  Index last_kept_ = 0;  // its epoch
};

}  // namespace mercer::program
