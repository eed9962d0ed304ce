#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "cli/command_line.hpp"
#include "cli/errors.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "commands.hpp"
#include "mercer/experiment/unfinished_run.hpp"
#include "train/run.hpp"

namespace mercer::program {

namespace {

constexpr const char* train_help =
    "Trains a model and says how good it is.\n\n"
    "Examples:\n"
    "  mercer train --data planted --out runs/first\n"
    "  mercer train --data cora --recipe gat-cora --seeds 20 --summary cora.json\n"
    "  mercer train --data my-graph --model rbf --p 1.8 --split-random share:0.6,0.2";

constexpr std::string_view of_a_resumed_run[] = {"--resume",        "--threads", "--device",  "--device-memory",
                                                 "--no-cuda-graph", "--no-nccl", "--summary", "--quiet"};

void check_resume(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    const bool allowed = std::ranges::find(of_a_resumed_run, name) != std::end(of_a_resumed_run);
    if (option->count() > 0 && !allowed)
      throw UsageError(name +
                       ": an interrupted run goes on as it began; with --resume there are only --threads, --device, "
                       "--device-memory, --no-cuda-graph, --no-nccl, --summary and --quiet");
  }
}

UnfinishedRun begin(const TrainCommand& asked, const Invocation& typed) {
  UnfinishedRun begun;
  begun.command = typed.line;
  begun.summary = asked.summary;
  begun.settings = resolve(asked.request);
  if (asked.out.empty()) return begun;
  check_output_folder(asked.out);
  if (holds_unfinished_run(asked.out) && !asked.fresh)
    throw UsageError(fmt::format(
        "--out {0}: holds an interrupted run; go on with mercer train --resume {0}, or start anew with --fresh",
        asked.out));
  return begun;
}

}  // namespace

int train(const Invocation& typed) {
  CLI::App app(train_help, "mercer train");
  TrainCommand asked;
  declare(app, asked);
  if (!parse(app, with_config(app, typed.words))) return done;
  if (!asked.resume.empty()) check_resume(app);
  const Machine machine = use_machine(asked.machine);
  const bool resumed = !asked.resume.empty();
  UnfinishedRun begun = resumed ? load_unfinished(asked.resume) : begin(asked, typed);
  std::optional<Index>& parts = begun.settings.data.reorder;
  if (!resumed && machine.ranks > 1 && !parts) parts = machine.ranks;
  if (resumed && !asked.summary.empty()) begun.summary = asked.summary;
  if (!begun.summary.empty()) check_writable(begun.summary);
  TrainRun run(std::move(begun), resumed ? asked.resume : asked.out, asked.quiet, machine);
  if (!resumed && !asked.out.empty() && asked.fresh) forget_unfinished(asked.out);
  return run.run();
}

}  // namespace mercer::program
