#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>

#include "cli/errors.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/version.hpp"
#include "commands.hpp"
#include "compare/comparison.hpp"
#include "compare/report.hpp"
#include "compare/runner.hpp"
#include "compare/tables.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer::program {

namespace {

namespace fs = std::filesystem;

constexpr const char* compare_help =
    "Compares models on data sets: the same splits, budget and search for all. Settings are chosen on the validation\n"
    "nodes; the test nodes are scored once, with the chosen ones.\n\n"
    "Examples:\n"
    "  mercer compare --attention gat,gatv2,rbf:p=1.8 --data cora,citeseer --seeds 20 --out comparison\n"
    "  mercer compare --attention gat,gaussian:normaliser=degree --data karate --grid none --epochs 50 --out small\n"
    "  mercer compare --attention gat,dot --data cora --grid \"dropout=0.4,0.6;hidden=8,16\" --out wide";

constexpr const char* format = "mercer comparison 1";
constexpr std::uintmax_t largest_marker = 1u << 20;

fs::path marker(const fs::path& out) { return out / "compare.json"; }

/// The folder must be new, empty, or of a comparison under the same protocol.
void check_folder(const CompareRequest& request, const Plan& plan) {
  if (request.out.empty()) throw UsageError("--out: got nothing, want a folder for results and report");
  check_output_folder(request.out);
  const fs::path out = request.out;
  if (!fs::exists(out) || fs::is_empty(out)) return;
  if (!fs::exists(marker(out)))
    throw UsageError("--out " + request.out + ": holds something else than a comparison; want a new or empty folder");
  if (request.fresh) return;
  const Json json = read_json(marker(out), largest_marker);
  std::string differs;
  try {
    const auto found = member<std::string>(json, "format");
    require(found == format, "format", "got " + found + ", want " + format);
    differs = difference(part(json, "protocol"), protocol_json(plan));
  } catch (const ValueError& error) {
    throw FileError(marker(out).string() + ": " + error.what());
  }
  if (!differs.empty())
    throw UsageError(
        fmt::format("--out {}: holds a comparison under another protocol ({}); ask for the same, for "
                    "another --out, or for --fresh",
                    request.out, differs));
}

void open_folder(const CompareRequest& request, const Plan& plan) {
  std::error_code ignored;
  if (request.fresh)
    for (const char* old : {"runs", "results.csv", "results.json", "report.html"})
      fs::remove_all(fs::path(request.out) / old, ignored);
  make_folder(request.out);
  write_whole(marker(request.out),
              text_of({{"format", format}, {"version", version()}, {"protocol", protocol_json(plan)}}));
}

template <class Jobs>
void append(std::vector<Job>& to, Jobs&& jobs) {
  to.insert(to.end(), jobs.begin(), jobs.end());
}

std::vector<std::optional<JobResult>> results_of(const std::vector<Job>& jobs) {
  std::vector<std::optional<JobResult>> results;
  for (const Job& job : jobs)
    results.push_back(load_result(job));
  return results;
}

/// Chooses each cell's point from what the searches left.
void choose_points(Comparison& comparison) {
  const Plan& plan = comparison.plan;
  for (std::size_t c = 0; c < plan.cells.size(); ++c) {
    const std::vector<Job> jobs = searches(plan, plan.cells[c]);
    CellResult& cell = comparison.results[c];
    for (std::size_t at = 0; at < jobs.size(); at += static_cast<std::size_t>(plan.search_seeds)) {
      const auto first = jobs.begin() + static_cast<std::ptrdiff_t>(at);
      cell.searched.push_back(searched_of(results_of({first, first + plan.search_seeds})));
    }
    cell.chosen = choose(cell.searched);
  }
}

void take_results(Comparison& comparison) {
  const Plan& plan = comparison.plan;
  for (std::size_t c = 0; c < plan.cells.size(); ++c) {
    CellResult& cell = comparison.results[c];
    const std::vector<Job> jobs = finals(plan, plan.cells[c], cell.chosen);
    cell.runs = results_of(jobs);
    for (std::size_t s = 0; s < jobs.size(); ++s)
      if (cell.runs[s] && has_diverged(cell.runs[s]->result))
        comparison.lost.push_back(jobs[s].says + ": " + cell.runs[s]->result.note);
  }
}

/// False when interrupted.
bool run_all(Comparison& comparison, JobRunner& runner) {
  const Plan& plan = comparison.plan;
  std::vector<Job> jobs;
  for (const Cell& cell : plan.cells)
    append(jobs, searches(plan, cell));
  if (!runner.run(jobs)) return false;
  choose_points(comparison);
  jobs.clear();
  for (std::size_t c = 0; c < plan.cells.size(); ++c)
    append(jobs, finals(plan, plan.cells[c], comparison.results[c].chosen));
  if (!runner.run(jobs)) return false;
  take_results(comparison);
  return true;
}

/// What was typed, but for --fresh, which would forget what is done.
std::string line_to_go_on(const Invocation& typed) {
  Words words{"mercer", "compare"};
  std::ranges::copy_if(typed.words, std::back_inserter(words),
                       [](const std::string& word) { return word != "--fresh"; });
  return shell_line(words);
}

void write_outputs(const Comparison& comparison) {
  const fs::path& out = comparison.plan.out;
  write_whole(out / "results.csv", results_csv(comparison));
  write_whole(out / "results.json", results_json(comparison));
  write_whole(out / "report.html", comparison_report(comparison));
}

}  // namespace

int compare(const Invocation& typed) {
  CLI::App app(compare_help, "mercer compare");
  CompareRequest request;
  declare(app, request);
  if (!parse(app, with_config(app, typed.words))) return done;
  set_threads(0);
  Comparison comparison{
      .command = typed.line, .plan = plan_of(request), .jobs = request.jobs > 0 ? request.jobs : threads()};
  const Plan& plan = comparison.plan;
  check_folder(request, plan);
  open_folder(request, plan);
  comparison.results.resize(plan.cells.size());
  const std::size_t searching =
      plan.points.size() < 2 ? 0 : plan.points.size() * static_cast<std::size_t>(plan.search_seeds);
  JobRunner runner(comparison.jobs, plan.cells.size() * (searching + static_cast<std::size_t>(plan.seeds)),
                   !request.quiet);
  const InterruptGuard guard;
  if (!run_all(comparison, runner)) {
    fmt::print(stderr, "mercer: stopped after {} of {} runs; go on with:\n  {}\n", runner.done(), runner.total(),
               line_to_go_on(typed));
    return interrupted;
  }
  for (const std::string& lost : comparison.lost)
    fmt::print(stderr, "mercer: {}\n", lost);
  comparison.lost.insert(comparison.lost.end(), runner.failures().begin(), runner.failures().end());
  write_outputs(comparison);
  if (!request.quiet) fmt::print("{}", results_text(comparison));
  return comparison.lost.empty() ? done : incomplete;
}

}  // namespace mercer::program
