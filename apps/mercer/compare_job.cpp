#include "compare_job.hpp"

#include <fmt/format.h>
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
#include "output.hpp"
#include "record_json.hpp"
#include "session.hpp"
#include "summary.hpp"
#include "version.hpp"

namespace mercer::program {

namespace {

constexpr const char* format = "mercer comparison run 1";
constexpr std::uintmax_t largest_result = 1u << 30;

Json json_of(const Reliability& calibration) {
  Json bins = Json::array();
  for (const Reliability::Bin& bin : calibration.bins)
    bins.push_back({bin.nodes, bin.confidence, bin.right});
  return bins;
}

Reliability reliability_from(const Json& json) {
  Reliability calibration;
  require(json.size() == calibration.bins.size(), "calibration", "want 10 bins");
  for (std::size_t b = 0; b < calibration.bins.size(); ++b) {
    require(json[b].is_array() && json[b].size() == 3, "calibration", "want 3 numbers a bin");
    const auto number = [&](std::size_t at) { return value_from<double>(json[b][at], "calibration"); };
    calibration.bins[b] = {number(0), number(1), number(2)};
  }
  return calibration;
}

std::vector<std::vector<double>> entropy_from(const Json& json) {
  std::vector<std::vector<double>> layers;
  for (const Json& layer : json) {
    require(layer.is_array(), "entropy", "want a list for each layer");
    layers.emplace_back();
    for (const Json& head : layer)
      layers.back().push_back(value_from<double>(head, "entropy"));
  }
  return layers;
}

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

JobResult run_job(const Job& job) {
  const auto begun = std::chrono::steady_clock::now();
  const Problem problem(prepare(job.settings.data));
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
  if (job.pictures)
    for (const Tensor& alpha : run.model.attention(problem.neighbourhood, problem.input))
      made.entropy.push_back(relative_entropy(problem.prepared.data.graph, alpha.view()));
  made.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return made;
}

void save_result(const std::filesystem::path& file, const Job& job, const JobResult& result) {
  const Json json{{"format", format},
                  {"version", version()},
                  {"job", json_of(job)},
                  {"result", json_of(result.result)},
                  {"seconds", result.seconds},
                  {"peak_rss_mb", result.peak_rss_mb},
                  {"calibration", json_of(result.calibration)},
                  {"entropy", result.entropy}};
  write_whole(file, json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::optional<JobResult> load_result(const Job& job) {
  if (!std::filesystem::exists(job.file)) return std::nullopt;
  const Json json = read_json(job.file, largest_result);
  try {
    const auto found = member<std::string>(json, "format");
    require(found == format, "format", "got " + found + ", want " + format);
    if (const std::string differs = difference(part(json, "job"), json_of(job)); !differs.empty())
      throw UsageError(fmt::format("{}: was run with other settings ({}); ask for the same, for another --out, or for "
                                   "--fresh",
                                   job.file.string(), differs));
    return JobResult{.result = result_from(part(json, "result")),
                     .seconds = member<double>(json, "seconds"),
                     .peak_rss_mb = member<double>(json, "peak_rss_mb"),
                     .calibration = reliability_from(part(json, "calibration")),
                     .entropy = entropy_from(part(json, "entropy"))};
  } catch (const ValueError& error) {
    throw FileError(job.file.string() + ": " + error.what());
  }
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
