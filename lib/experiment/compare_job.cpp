#include "mercer/experiment/compare_job.hpp"

#include <chrono>

#include "mercer/attention/factor_shares.hpp"
#include "mercer/experiment/peak_memory.hpp"
#include "mercer/experiment/train_seed.hpp"

namespace mercer {

namespace {

constexpr std::size_t heads_drawn = 8;

void look_at(const Model& model, const Problem& problem, JobResult& made) {
  const std::vector<Operands> layers = inference_operands(model, problem.neighbourhood, problem.input);
  for (const Operands& layer : layers) {
    std::vector<double>& heads = made.entropy.emplace_back();
    for (const FactorShares& head : factor_shares(problem.neighbourhood, attention_factors(layer)))
      heads.push_back(head.entropy);
    heads.pop_back();  // the last entry is all heads together
  }
  // the report shows the first layer
  if (!layers.empty()) made.kernel = picture_of(kernel_probe(layers.front()), heads_drawn);
}

}  // namespace

JobResult run_job(const CompareJob& job) {
  const auto begun = std::chrono::steady_clock::now();
  const Problem problem(prepare(job.settings.data), job.settings.model);
  TrainHooks hooks;
  hooks.scores_test = job.final;
  SeedRun run = train_seed(problem, job.settings, job.seed, job.turn, std::move(hooks));
  JobResult made{.result = std::move(run.result), .peak_rss_mb = peak_memory_mb()};
  if (!job.final) made.result.history.clear();
  if (job.final && run.trained.test) {
    Index index = 0;
    const Split split = split_of(problem.prepared, job.seed, job.turn, index);
    made.calibration = reliability(run.trained.prediction.view(), problem.prepared.data.labels, split.test);
  }
  if (job.pictures) look_at(run.model, problem, made);
  made.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return made;
}

}  // namespace mercer
