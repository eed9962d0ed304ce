#pragma once

#include <optional>
#include <vector>

#include "mercer/experiment/calibration.hpp"
#include "mercer/experiment/compare_plan.hpp"
#include "mercer/experiment/kernel_picture.hpp"
#include "mercer/experiment/result.hpp"

namespace mercer {

/// The result of a job, saved in its file.
struct JobResult {
  SeedResult result{};
  double seconds = 0;         // total, with reading the data
  double peak_rss_mb = 0;     // peak memory of training
  Reliability calibration{};  // final jobs only
  // If pictures were requested and the model has attention:
  std::vector<std::vector<double>> entropy{};  // of each layer and head
  KernelPicture kernel{};                      // of the first layer
};

/// Runs the job's training on one thread. The states of a search stand beside its file.
JobResult run_job(const CompareJob& job);

/// Writes the result together with its job; the file is complete or absent. Throws FileError.
void save_result(const std::filesystem::path& file, const CompareJob& job, const JobResult& result);

/// The result of this very job, if its file exists. Throws ValueError when the file belongs to another job (with the
/// difference and what to do), FileError when it can't be parsed.
std::optional<JobResult> load_result(const CompareJob& job);

}  // namespace mercer
