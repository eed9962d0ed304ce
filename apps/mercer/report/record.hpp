#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mercer/experiment/result.hpp"
#include "mercer/experiment/statistics.hpp"

namespace mercer::program {

/// All results of a run.
struct RunRecord {
  std::string command{};                                        // as typed
  std::string out{};                                            // its folder, or empty
  std::string recipe{};                                         // its name and the reason for it
  std::string model{};                                          // "gat"
  std::string metric{};                                         // the metric that compares epochs
  std::vector<std::pair<std::string, std::string>> settings{};  // every option with its value
  Index parameters = 0;                                         // number of learned values
  int threads = 1;
  std::string device = "cpu";  // or the name of the CUDA device
  std::uint64_t first_seed = 0;
  int seeds = 1;
  DataFacts data{};
  std::vector<SeedResult> results{};              // by seed
  std::vector<std::string> notes{};               // what they say of the training, a line each
  std::vector<std::string> files{}, unwritten{};  // of its folder; those that could not be written
};

/// The values of a field by seed.
std::vector<double> of_each(const RunRecord& run, double SeedResult::*field);
/// The names of the scores of a task without classes, the chosen metric first, and their values by seed (NaN where one
/// is not defined).
std::vector<std::string> score_names(const RunRecord& run);
std::vector<double> score_of_each(const RunRecord& run, const std::string& name);
/// Is the accuracy the score of each seed? Else it is the metric that was chosen, or that of the task.
bool is_by_accuracy(const RunRecord& run);
/// Have the seeds splits or folds of other numbers? Random splits have none.
bool splits_differ(const RunRecord& run);
/// Milliseconds of every epoch of every seed.
std::vector<double> epoch_times(const RunRecord& run);

/// The scores of one class on the test nodes of all seeds together.
struct ClassScore {
  Index nodes = 0, called = 0;  // of the class; predicted as it
  double recall = 0, precision = 0, f1 = 0;
};
/// [classes, classes], summed over the seeds.
std::vector<Index> confusion_of_all(const RunRecord& run);
std::vector<ClassScore> class_scores(const std::vector<Index>& confusion, Index classes);
/// The mean F1 over the classes that are neither absent nor never called; NaN for no class.
double mean_f1(const std::vector<ClassScore>& scores);

}  // namespace mercer::program
