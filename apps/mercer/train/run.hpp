#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>

#include "cli/options.hpp"
#include "cli/progress.hpp"
#include "mercer/base/folder_lock.hpp"
#include "mercer/experiment/train_seed.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "mercer/experiment/unfinished_run.hpp"
#include "report/log.hpp"
#include "report/record.hpp"

namespace mercer::program {

/// What is made of the profile of a run; without files its tables are printed alone.
struct ProfileFiles {
  bool wanted = false;
  std::filesystem::path json{}, svg{};
};

/// A run over all its seeds, new or resumed.
class TrainRun {
 public:
  /// Prepares the data. Throws FileError, UsageError, ValueError.
  TrainRun(UnfinishedRun begun, std::filesystem::path out, bool quiet, const Machine& machine,
           ProfileFiles profile = {});
  /// Throws UsageError where the folder holds another finished run, see folder.hpp.
  void check_finished(const std::string& folder) const;
  /// Trains the remaining seeds, prints and writes the results; returns the exit code. An interrupt leaves a checkpoint
  /// in `out`. `lock` is that of `out`, if it exists. What can't be written is reported at once, and the training goes
  /// on.
  int run(FolderLock lock);

 private:
  void describe_run();
  /// Says which examples the first model was trained on that this run scores; empty without any.
  std::string note_of_first_model(const Split& split) const;
  void settle_without_validation(const Split& split);
  void open_outputs();
  SeedRun one_seed(Index turn);
  void show(const EpochReport& report, Index turn);
  bool best_so_far(const SeedResult& result) const;
  bool written(const std::function<void()>& write, const char* then = "");
  void keep_choice(const SeedResult& chosen);
  void save_best(const SeedRun& seed);
  void save_results();
  int stop(SeedRun seed);
  void finish();
  void show_profile(const std::string& ended);

  UnfinishedRun begun_;
  std::filesystem::path out_;
  bool quiet_;
  std::optional<TrainedModel> first_;  // whose parameters are the first values
  Problem problem_;
  RunRecord record_;
  FolderLock lock_;
  RunLog log_;
  Progress progress_;
  ProfileFiles profile_files_;
  Profile profile_;
  Index profiled_epochs_ = 0;
  double best_ = 0;                      // best validation score of the current seed
  Index last_kept_ = 0;                  // its epoch
  Index refit_epochs_ = 0;               // of the current seed's second training, once it is chosen
  std::optional<TrainedModel> unsaved_;  // the best model, until it is written
  bool extends_ = false;                 // the run in the folder, which was finished
  bool replaces_ = true;                 // the folder may hold the outputs of a run before
  std::optional<std::chrono::steady_clock::time_point> results_saved_;  // those of the finished seeds
  bool lost_ = false;                                                   // something could not be written
};

}  // namespace mercer::program
