#include "compare/runner.hpp"

#include <fmt/format.h>

#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "compare/processes.hpp"

namespace mercer::program {

JobRunner::JobRunner(int side_by_side, std::size_t total, bool shows)
    : side_by_side_(side_by_side), total_(total), line_(shows) {}

void JobRunner::show(const std::string& now) {
  const auto left = static_cast<double>(total_ - std::min(done_, total_));
  const double each = trained_ > 0 ? line_.seconds() / static_cast<double>(trained_) : -1;
  line_.show(runs_text(done_, total_, failures_.size(), each < 0 ? each : each * left,
                       note_.empty() ? now : note_ + "  " + now));
}

bool JobRunner::run(const std::vector<CompareJob>& jobs) {
  std::vector<Process> processes;
  std::vector<const CompareJob*> missing;
  for (const CompareJob& job : jobs) {
    if (load_result(job)) {
      ++done_;
      continue;
    }
    make_folder(job.file.parent_path());
    missing.push_back(&job);
    processes.push_back({{"compare-job", text_of(job), job.file.string()}, job.file.string() + ".says"});
  }
  if (missing.empty()) return true;
  show(missing.front()->says);
  const auto on_end = [&](const ProcessEnd& end) {
    const CompareJob& job = *missing[end.which];
    ++done_;
    ++trained_;
    if (!end.failure.empty()) {
      failures_.push_back(job.says + ": failed: " + end.failure);
      line_.clear();
      tell_error(failures_.back());
    }
    show(job.says);
  };
  const bool whole = run_processes(processes, side_by_side_, on_end, interrupt_requested);
  line_.clear();
  return whole;
}

std::string runs_text(std::size_t done, std::size_t total, std::size_t failed, double seconds_left,
                      const std::string& now) {
  std::string text = bar(total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1);
  text += fmt::format(" {}/{} runs", done, total);
  if (failed > 0) text += fmt::format(", {} failed", failed);
  if (seconds_left >= 0) text += fmt::format("  about {} left", in_words(seconds_left));
  return text + "  " + now;
}

}  // namespace mercer::program
