#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/progress.hpp"
#include "mercer/experiment/compare_job.hpp"

namespace mercer::program {

/// Does the jobs of a comparison in processes of their own, and keeps count over all of them.
class JobRunner {
 public:
  /// `total` jobs are expected in all.
  JobRunner(int side_by_side, std::size_t total, bool shows);

  /// Does the jobs that have no result yet. False when interrupted. Throws as load_result, FileError.
  bool run(const std::vector<CompareJob>& jobs);

  std::size_t done() const { return done_; }
  std::size_t total() const { return total_; }
  /// One line for each job that failed.
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  void show(const std::string& now);

  int side_by_side_;
  std::size_t total_, done_ = 0, trained_ = 0;
  std::vector<std::string> failures_;
  StatusLine line_;
};

/// "[====    ] 12/96 runs  about 3 min left  gat on cora, seed 3"; `left` is negative when it isn't known.
std::string runs_text(std::size_t done, std::size_t total, std::size_t failed, double seconds_left,
                      const std::string& now);

}  // namespace mercer::program
