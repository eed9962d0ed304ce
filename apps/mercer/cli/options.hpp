#pragma once

#include <optional>
#include <string>

#include "mercer/exchange/ranks.hpp"
#include "train/settings.hpp"

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

/// Where tensors go, and what may be done when they do not fit there.
struct Machine {
  Device device = Device::cpu;
  std::size_t stream_bytes = 0;  // of the device, through which attention may stream; 0: it may not
  bool cuda_graph = true;        // are epochs replayed?
  int ranks = 1;                 // that train one graph together
  RankOptions joined{};          // on which devices, when there are several
};

/// What `mercer train` was asked for, before recipe and data fill in the rest.
struct TrainRequest {
  std::optional<std::string> recipe, model;
  ModelOptions options;  // those that were typed
  TrainingChoice training;
  DataChoice data;
  std::uint64_t seed = 0;
  int seeds = 1;
  MachineChoice machine;
  std::string out, summary, resume;
  bool quiet = false, fresh = false;
};

/// Every option of training on `app`, in groups.
void declare(CLI::App& app, TrainRequest& request);
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

/// "cpu", or the CUDA device in use and what it is: "cuda:0, NVIDIA H100 …".
std::string device_name(Device device);

/// Of several devices: which, and what joins them.
std::string in_words(const Machine& machine);

/// The request with what its recipe says where nothing was typed. Throws UsageError, ValueError.
Settings resolve(const TrainRequest& request);

}  // namespace mercer::program
