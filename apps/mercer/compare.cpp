#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/counted.hpp"
#include "cli/errors.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "compare/folder.hpp"
#include "compare/report.hpp"
#include "compare/request.hpp"
#include "compare/runner.hpp"
#include "compare/tables.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/experiment/comparison.hpp"

namespace mercer::program {

namespace {

namespace fs = std::filesystem;

constexpr const char* compare_help =
    "Compares models on data sets: the same splits, budget and search for all. Settings are chosen on the validation\n"
    "nodes; the test nodes are scored once, with the chosen ones.\n\n"
    "Examples:\n"
    "  mercer compare --attention gat,gatv2,rbf:p=1.8 --data planetoid/cora,planetoid/citeseer --seeds 20 --out "
    "comparison\n"
    "  mercer compare --attention gat,gaussian:normaliser=degree --data karate --grid none --epochs 50 --out small\n"
    "  mercer compare --attention gat,dot --data planetoid/cora --grid \"dropout=0.4,0.6;hidden=8,16\" --out wide";

template <class Jobs>
void append(std::vector<CompareJob>& to, Jobs&& jobs) {
  to.insert(to.end(), jobs.begin(), jobs.end());
}

/// False when interrupted.
bool run_all(ComparisonRecord& comparison, JobRunner& runner) {
  const ComparePlan& plan = comparison.plan;
  std::vector<CompareJob> jobs;
  for (const CompareCell& cell : plan.cells)
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

void write_outputs(const ComparisonRecord& comparison) {
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
  FolderLock lock = request.out.empty() ? FolderLock() : lock_if_there(request.out);
  set_threads(0);
  ComparisonRecord comparison{
      .command = typed.line, .plan = plan_of(request), .jobs = request.jobs > 0 ? request.jobs : threads()};
  const ComparePlan& plan = comparison.plan;
  if (app.get_option("--search-seeds")->count() > 0 && plan.points.size() < 2)
    throw UsageError("--search-seeds: there is nothing to choose from in --grid: leave it out, or take more settings");
  if (request.out.empty()) throw UsageError("--out: got nothing, want a folder for results and report");
  const JobFolder folder{request.out, "comparison", "compare.json", request.fresh};
  check(folder, holds_comparison(plan.out), [&] { return protocol_difference(plan.out, plan); });
  for (const DataFacts& facts : plan.data)
    for (const std::string& note : facts.notes)
      if (!request.quiet) print_text("note        " + facts.name + ": " + note + "\n");
  for (const CompareCell& cell : plan.cells)
    if (!cell.note.empty()) tell(plan.in_words(cell) + ": " + cell.note);
  if (!lock.is_held()) lock = locked_folder(request.out);
  if (request.fresh) forget(folder, {"runs", "results.csv", "results.json", "report.html", "compare.json"});
  save_protocol(request.out, plan);
  comparison.results.resize(plan.cells.size());
  const std::size_t searching =
      plan.points.size() < 2 ? 0 : plan.points.size() * static_cast<std::size_t>(plan.search_seeds);
  JobRunner runner(comparison.jobs, plan.cells.size() * (searching + static_cast<std::size_t>(plan.seeds)),
                   !request.quiet);
  const InterruptGuard guard;
  if (!run_all(comparison, runner)) {
    tell(fmt::format("stopped after {} of {}; go on with:\n  {}", runner.done(),
                     counted(static_cast<Index>(runner.total()), "run"), line_to_go_on("compare", typed.words)));
    return interrupted;
  }
  for (const std::string& lost : comparison.lost)
    tell_error(lost);
  comparison.lost.insert(comparison.lost.end(), runner.failures().begin(), runner.failures().end());
  write_outputs(comparison);
  if (const std::vector<std::string> others = other_results(plan); !others.empty())
    tell(fmt::format("{} also holds {}: name them to have them in the table", request.out,
                     shortened(fmt::format("{}", fmt::join(others, "; ")))));
  if (!request.quiet) print_text(results_text(comparison));
  return comparison.lost.empty() ? done : incomplete;
}

}  // namespace mercer::program
