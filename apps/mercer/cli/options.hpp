#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mercer/experiment/machine.hpp"
#include "mercer/experiment/settings.hpp"

namespace CLI {
class App;
}

namespace mercer::program {

/// The options of threads and devices, as typed.
struct MachineChoice {
  int threads = 0;
  std::string device = "auto";
  std::optional<std::size_t> device_memory;  // bytes
  bool no_cuda_graph = false, no_nccl = false;
};

/// The options of `mercer train`.
struct TrainCommand {
  TrainRequest request;
  MachineChoice machine;
  std::string out, summary, resume, init;
  std::optional<std::string> profile;  // its file; empty: none was named
  bool quiet = false, fresh = false;
};

/// Adds every option of training to `app`, in groups.
void declare(CLI::App& app, TrainCommand& command);
/// Adds what says what is trained: data, recipe, model, training and seeds.
void declare_request(CLI::App& app, TrainRequest& request);
/// Adds --data and the options of its preparation.
void declare_data(CLI::App& app, DataChoice& choice);
/// In a command without scores, which refuses it: --positive is not listed.
void hide_positive(CLI::App& app);
/// Adds the options of training.
void declare_training(CLI::App& app, TrainingChoice& choice);
/// Where a command that runs many trainings keeps its folder and how it runs them.
struct ManyRuns {
  std::string& out;
  int& jobs;
  bool &fresh, &quiet;
};
/// Adds --jobs, --out, --fresh, --quiet and --config; `what` is "a comparison", for the help.
void declare_runs(CLI::App& app, const ManyRuns& runs, const std::string& what);
/// Adds --threads, --device and --device-memory.
void declare_machine(CLI::App& app, MachineChoice& choice);

/// Sets threads, device and memory limit. Throws UsageError when there is no such device.
Machine use_machine(const MachineChoice& choice);
/// The same for commands on one device. Throws UsageError for several.
Machine use_one_device(const MachineChoice& choice);

/// Names and values of the model's and the training's options, in order, for the report and the summary.
std::vector<std::pair<std::string, std::string>> listed(const Settings& settings);

}  // namespace mercer::program
