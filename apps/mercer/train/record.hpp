#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mercer/base/types.hpp"

namespace mercer::program {

/// One epoch, as the log tells it. Without validation nodes the two of validation are absent (NaN).
struct EpochRow {
  int epoch = 0;  // counted from 1
  double train_loss = 0;
  double validation_loss = 0;
  double validation_metric = 0;
  double milliseconds = 0;  // forward, backward, step
};

/// What came of one seed. Shares are 0 … 1; NaN where there are no nodes to count.
struct SeedResult {
  std::uint64_t seed = 0;
  Index split = 0;      // which of the given splits; 0 for a random one
  int epochs = 0;       // run
  int best_epoch = 0;   // whose parameters were kept
  std::string ended{};  // why it ended
  std::string note{};   // what the user should know of it, or empty
  double train_accuracy = 0, validation_accuracy = 0, test_accuracy = 0;
  double validation_metric = 0, test_metric = 0;  // the chosen metric
  double test_loss = 0;
  Index guarded = 0;  // row sums of signed kernels that were too near 0 to divide by, over all passes since a resume
  std::vector<EpochRow> history{};
  std::vector<Index> confusion{};  // [classes, classes] test nodes by true class (row) and predicted class (column)
};

/// Did a number stop being finite? What was kept until then is the result.
bool has_diverged(const SeedResult& result);

/// What the summary and the report say of the data.
struct DataFacts {
  std::string name{}, format{};
  Index nodes = 0, edges = 0, features = 0, classes = 0, isolated = 0;  // edges: slots, as trained on
  double homophily = 0;
  std::vector<std::string> class_names{};
  std::string split{};  // in words
  Index train = 0, validation = 0, test = 0;
  std::vector<std::string> notes{};
};

/// Everything a run has to tell.
struct RunRecord {
  std::string command{};                                        // to type it again
  std::string out{};                                            // its folder, or empty
  std::string recipe{};                                         // its name and why, in words
  std::string model{};                                          // "gat"
  std::string metric{};                                         // by which epochs are compared
  std::vector<std::pair<std::string, std::string>> settings{};  // every option with its value
  Index parameters = 0;                                         // numbers that are learnt
  int threads = 1;
  std::string device = "cpu";  // or what the CUDA device is called
  std::uint64_t first_seed = 0;
  int seeds = 1;
  DataFacts data{};
  std::vector<SeedResult> results{};  // by seed
};

/// Mean and sample standard deviation (n − 1; 0 for one value) of the finite values; NaN when there are none.
struct Spread {
  double mean = 0, deviation = 0;
};
Spread spread(const std::vector<double>& values);
double median(std::vector<double> values);  // 0 when empty

/// A field of every seed.
std::vector<double> of_each(const RunRecord& run, double SeedResult::*field);
/// Milliseconds of every epoch of every seed.
std::vector<double> epoch_times(const RunRecord& run);

/// How one class fared on the test nodes of all seeds together.
struct ClassScore {
  Index nodes = 0;
  double recall = 0, precision = 0, f1 = 0;
};
/// [classes, classes], summed over the seeds.
std::vector<Index> confusion_of_all(const RunRecord& run);
std::vector<ClassScore> class_scores(const std::vector<Index>& confusion, Index classes);

}  // namespace mercer::program
