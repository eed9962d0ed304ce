#include "compare_job.hpp"

#ifdef __linux__
#include <sys/prctl.h>

#include <csignal>
#endif

#include <chrono>

#include "commands.hpp"
#include "errors.hpp"
#include "mercer/attention/factor_shares.hpp"
#include "mercer/base/parallel.hpp"
#include "summary.hpp"
#include "train_seed.hpp"

namespace mercer::program {

namespace {

constexpr std::size_t heads_drawn = 8;

void look_at(const Model& model, const Problem& problem, JobResult& made) {
  for (const Factors& factors : model.factors(problem.neighbourhood, problem.input)) {
    std::vector<double>& heads = made.entropy.emplace_back();
    for (const FactorShares& head : factor_shares(problem.neighbourhood.graph(), factors))
      heads.push_back(head.entropy);
    heads.pop_back();  // all of them together
  }
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
