#include "mercer/experiment/compare_job.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "mercer/attention/factor_shares.hpp"
#include "mercer/base/whole_file.hpp"
#include "mercer/experiment/peak_memory.hpp"
#include "mercer/experiment/sequences.hpp"
#include "mercer/experiment/train_seed.hpp"

namespace mercer {

namespace {

constexpr std::size_t heads_drawn = 8;
constexpr std::size_t sequences_drawn = 16;
constexpr Index pairs_drawn = 1 << 22;  // of all these sequences: each has a few numbers in every head

/// The first sequences, but for those whose pairs need much memory.
std::vector<Node> first_sequences(const Dataset& data) {
  std::vector<Node> first;
  Index pairs = 0;
  for (Index item = 0; item < data.examples() && first.size() < sequences_drawn; ++item) {
    const auto at = static_cast<std::size_t>(item);
    const Index rows = data.item_offset[at + 1] - data.item_offset[at];
    if (rows > pairs_drawn || pairs + rows * rows > pairs_drawn) continue;
    pairs += rows * rows;
    first.push_back(static_cast<Node>(item));
  }
  return first;
}

/// All nodes of a graph, or some sequences.
std::pair<Neighbourhood, Input> looked_at(const Problem& problem, const ColumnScales& scales) {
  const Dataset& data = problem.prepared.data;
  if (!data.has_items()) return {problem.neighbourhood, problem.input};
  const std::vector<Node> first = first_sequences(data);
  const SequenceBatch batch = batch_of(data.item_offset, problem.input, first, Device::cpu);
  return {batch.segments, scales.mean.empty() ? batch.x : standardised(batch.x, scales)};
}

void look_at(const SeedRun& run, const Problem& problem, JobResult& made) {
  if (problem.prepared.data.has_items() && first_sequences(problem.prepared.data).empty()) return;  // all are too long
  const auto [neighbourhood, input] = looked_at(problem, run.scales);
  const std::vector<Operands> layers = inference_operands(run.model, neighbourhood, input);
  for (const Operands& layer : layers) {
    std::vector<double>& heads = made.entropy.emplace_back();
    for (const FactorShares& head : factor_shares(layer.neighbourhood, attention_factors(layer)))
      heads.push_back(head.entropy);
    heads.pop_back();  // the last entry is all heads together
  }
  // the report shows the first layer
  if (!layers.empty()) made.kernel = picture_of(kernel_probe(layers.front()), heads_drawn);
}

std::filesystem::path state_after(const CompareJob& job, Index epochs) {
  return job.file.parent_path() / ("epochs-" + std::to_string(epochs) + ".safetensors");
}

/// The training pauses after job.until epochs. Where a state before that is lost or broken, it begins anew, to the same
/// bits.
void pause(TrainHooks& hooks, const CompareJob& job, Index& done) {
  if (job.after > 0 && file_exists(state_after(job, job.after))) try {
      hooks.resume = load_state(state_after(job, job.after));
      done = hooks.resume->epochs;
    } catch (const FileError&) {
      hooks.resume.reset();
    }
  hooks.on_epoch = [&done](const EpochReport& report) { done = report.epoch + 1; };
  hooks.interrupted = [&done, until = job.until] { return done >= until; };
}

}  // namespace

JobResult run_job(const CompareJob& job) {
  const auto begun = std::chrono::steady_clock::now();
  const Problem problem(prepare(job.settings.data), job.settings.model);
  TrainHooks hooks;
  hooks.scores_test = job.final;
  Index done = 0;
  if (job.until > 0) pause(hooks, job, done);
  SeedRun run = train_seed(problem, job.settings, job.seed, job.turn, std::move(hooks));
  JobResult made{.result = std::move(run.result), .peak_rss_mb = peak_memory_mb()};
  if (!job.final) made.result.history.clear();
  if (job.final && run.trained.test) {
    const Split split = split_of(problem.prepared, job.seed, job.turn).split;
    made.calibration = reliability(run.trained.prediction.view(), problem.prepared.data.labels, split.test);
  }
  if (job.pictures) look_at(run, problem, made);
  if (job.until > 0 && !has_diverged(made.result)) save_state(state_after(job, job.until), run.trained.state);
  made.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return made;
}

}  // namespace mercer
