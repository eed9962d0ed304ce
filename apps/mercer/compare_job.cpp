#include "compare_job.hpp"

#ifdef __linux__
#include <sys/prctl.h>

#include <csignal>
#endif

#include <chrono>
#include <cmath>
#include <limits>

#include "commands.hpp"
#include "errors.hpp"
#include "mercer/base/parallel.hpp"
#include "session.hpp"
#include "summary.hpp"

namespace mercer::program {

namespace {

constexpr std::size_t heads_drawn = 8;

}  // namespace

std::vector<double> relative_entropy(CsrView graph, ConstView alpha) {
  std::vector<double> mean(static_cast<std::size_t>(alpha.columns), 0);
  std::vector<Index> nodes(mean.size(), 0);
  for (Index i = 0; i < graph.rows; ++i) {
    if (graph.degree(i) < 2) continue;
    for (Index h = 0; h < alpha.columns; ++h) {
      double sum = 0, weighted = 0;  // Σ|α| and Σ|α| ln|α|
      for (const Edge e : graph.row(i)) {
        const double a = std::abs(static_cast<double>(alpha(e, h)));
        sum += a;
        weighted += a > 0 ? a * std::log(a) : 0;
      }
      if (!(sum > 0)) continue;
      mean[static_cast<std::size_t>(h)] +=
          (std::log(sum) - weighted / sum) / std::log(static_cast<double>(graph.degree(i)));
      ++nodes[static_cast<std::size_t>(h)];
    }
  }
  for (std::size_t h = 0; h < mean.size(); ++h)
    mean[h] = nodes[h] > 0 ? mean[h] / static_cast<double>(nodes[h]) : std::numeric_limits<double>::quiet_NaN();
  return mean;
}

namespace {

void look_at(const Model& model, const Problem& problem, JobResult& made) {
  for (const Tensor& alpha : model.attention(problem.neighbourhood, problem.input))
    made.entropy.push_back(relative_entropy(problem.neighbourhood.graph().listens(), alpha.view()));
  for (const KernelProbe& probe : model.probes(problem.neighbourhood, problem.input)) {
    made.kernel = picture_of(probe, heads_drawn);
    return;  // the first layer is what the report shows
  }
}

}  // namespace

JobResult run_job(const Job& job) {
  const auto begun = std::chrono::steady_clock::now();
  const Problem problem(prepare(job.settings.data), job.settings.model);
  Hooks hooks;
  hooks.scores_test = job.final;
  SeedRun run = train_seed(problem, job.settings, job.seed, job.turn, std::move(hooks));
  JobResult made{.result = std::move(run.result), .peak_rss_mb = peak_memory_mb()};
  if (!job.final) made.result.history.clear();
  if (job.final && run.trained.test) {
    Index index = 0;
    const Split split = split_of(problem.prepared, job.seed, job.turn, index);
    made.calibration = reliability(run.trained.logits.view(), problem.prepared.data.labels, split.test);
  }
  if (job.pictures) look_at(run.model, problem, made);
  made.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return made;
}

/// The words are a job as JSON and the file for its result.
int compare_job(const Invocation& typed) {
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // a job whose comparison is gone has nobody to work for
#endif
  if (typed.words.size() != 2) throw UsageError("compare-job is what mercer compare starts; want a job and a file");
  set_threads(1);
  Job job;
  try {
    job = job_from(Json::parse(typed.words[0]));
  } catch (const Json::exception& error) {
    throw UsageError(std::string("compare-job: ") + error.what());
  }
  save_result(typed.words[1], job, run_job(job));
  return done;
}

}  // namespace mercer::program
