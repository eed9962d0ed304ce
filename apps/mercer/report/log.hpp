#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "mercer/training/train_state.hpp"
#include "report/record.hpp"

namespace mercer::program {

/// A log of JSON objects, one a line: "start", then "epoch" for every epoch and "seed" for every seed's result.
std::string log_of_start(const RunRecord& run);
std::string log_of_epoch(std::uint64_t seed, const EpochRow& row);
std::string log_of_seed(const SeedResult& result);

/// The whole log of a run: its start, its finished seeds, and the epochs of the seed under way, if any.
std::string log_of(const RunRecord& run, const TrainState* under_way);

/// The log during the run, FILE.partial, to look at. A write that fails is reported once, and ends it. The destructor
/// removes it; the log that stays is written whole at the end.
class RunLog {
 public:
  RunLog() = default;  // writes nothing
  explicit RunLog(const std::filesystem::path& file);
  ~RunLog();
  RunLog(RunLog&&) = default;
  RunLog& operator=(RunLog&&) = default;

  bool is_open() const { return out_.is_open(); }
  bool has_failed() const { return failed_; }
  void append(const std::string& lines);

 private:
  void end();

  std::filesystem::path partial_;
  std::ofstream out_;
  bool failed_ = false;
};

}  // namespace mercer::program
