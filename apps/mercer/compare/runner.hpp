#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/progress.hpp"
#include "mercer/experiment/compare_job.hpp"

namespace mercer::program {

/// Runs the jobs of a comparison or a search in processes and counts them.
class JobRunner {
 public:
  /// `total` is the expected number of all jobs.
  JobRunner(int side_by_side, std::size_t total, bool shows);

  /// Runs the jobs without a result. False when interrupted. Throws as load_result, FileError.
  bool run(const std::vector<CompareJob>& jobs);

  /// Stands in the progress line from now on: the best so far.
  void add_note(std::string note) { note_ = std::move(note); }

  std::size_t done() const { return done_; }
  std::size_t total() const { return total_; }
  /// One line for each job that failed.
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  void show(const std::string& now);

  int side_by_side_;
  std::size_t total_, done_ = 0, trained_ = 0;
  std::vector<std::string> failures_;
  std::string note_;
  StatusLine line_;
};

/// "[====    ] 12/96 runs  about 3 min left  gat on cora, seed 3"; a negative `left` is unknown.
std::string runs_text(std::size_t done, std::size_t total, std::size_t failed, double seconds_left,
                      const std::string& now);

}  // namespace mercer::program
