#pragma once

#include <optional>
#include <vector>

#include "mercer/experiment/calibration.hpp"
#include "mercer/experiment/compare_plan.hpp"
#include "mercer/experiment/kernel_picture.hpp"
#include "mercer/experiment/result.hpp"

namespace mercer {

/// What a job leaves in its file.
struct JobResult {
  SeedResult result{};
  double seconds = 0;         // in all, data included
  double peak_rss_mb = 0;     // of training
  Reliability calibration{};  // of a final job
  // when pictures were asked for, and the model attends:
  std::vector<std::vector<double>> entropy{};  // of each layer and head
  KernelPicture kernel{};                      // of the first layer
};

/// Trains as the job says, on one thread.
JobResult run_job(const CompareJob& job);

/// Writes the result, whole, with what the job was. Throws FileError.
void save_result(const std::filesystem::path& file, const CompareJob& job, const JobResult& result);

/// The result of exactly this job, if its file is there. Throws ValueError when the file is of another job (says what
/// differs, and how to go on), FileError when it can't be understood.
std::optional<JobResult> load_result(const CompareJob& job);

}  // namespace mercer
