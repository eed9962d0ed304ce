#pragma once

#include <optional>
#include <vector>

#include "compare/calibration.hpp"
#include "compare/plan.hpp"
#include "explain/kernel_picture.hpp"
#include "train/record.hpp"

namespace mercer::program {

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
JobResult run_job(const Job& job);

/// Writes the result, whole, with what the job was. Throws FileError.
void save_result(const std::filesystem::path& file, const Job& job, const JobResult& result);

/// The result of exactly this job, if its file is there. Throws UsageError when the file is of another job (says what
/// differs, and how to go on), FileError when it can't be understood.
std::optional<JobResult> load_result(const Job& job);

}  // namespace mercer::program
