#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "report/record.hpp"

namespace mercer::program {

/// A log of JSON objects, one a line: "start", then "epoch" for every epoch and "seed" for every seed's result. During
/// the run it is written to FILE.partial; close() renames it.
class RunLog {
 public:
  RunLog() = default;  // writes nothing
  explicit RunLog(std::filesystem::path file);
  ~RunLog();  // removes the file unless closed
  RunLog(RunLog&&) = default;
  RunLog& operator=(RunLog&&) = default;

  void start(const RunRecord& run);
  void epoch(std::uint64_t seed, const EpochRow& row);
  void seed(const SeedResult& result);
  void close();  // throws FileError when a write failed

 private:
  void write(const std::string& line);

  std::filesystem::path file_;
  std::ofstream out_;
};

}  // namespace mercer::program
