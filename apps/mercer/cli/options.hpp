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

/// Where and with how much is computed, as it was typed.
struct MachineChoice {
  int threads = 0;
  std::string device = "auto";
  std::optional<std::size_t> device_memory;  // bytes
  bool no_cuda_graph = false, no_nccl = false;
};

/// What `mercer train` was asked for.
struct TrainCommand {
  TrainRequest request;
  MachineChoice machine;
  std::string out, summary, resume;
  bool quiet = false, fresh = false;
};

/// Every option of training on `app`, in groups.
void declare(CLI::App& app, TrainCommand& command);
/// --data and how the data are prepared.
void declare_data(CLI::App& app, DataChoice& choice);
/// The options of training, one of each.
void declare_training(CLI::App& app, TrainingChoice& choice);
/// --threads, --device and --device-memory.
void declare_machine(CLI::App& app, MachineChoice& choice);

/// Sets the threads, the device and how much of it is taken. Throws UsageError when the device is not to be had.
Machine use_machine(const MachineChoice& choice);
/// The same for what one device does. Throws UsageError for several.
Machine use_one_device(const MachineChoice& choice);

/// Names and values of the model's and the training's options, in order: for the report and the summary.
std::vector<std::pair<std::string, std::string>> listed(const Settings& settings);

}  // namespace mercer::program
