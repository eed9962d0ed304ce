#pragma once

#include <optional>
#include <string>

#include "settings.hpp"

namespace CLI {
class App;
}

namespace mercer::program {

/// What `mercer train` was asked for, before recipe and data fill in the rest.
struct TrainRequest {
  std::optional<std::string> recipe, model;
  ModelOptions options;  // those that were typed
  TrainingChoice training;
  DataChoice data;
  std::uint64_t seed = 0;
  int seeds = 1;
  int threads = 0;
  std::string device = "auto";
  std::string out, summary, resume;
  bool quiet = false, fresh = false;
};

/// Every option of training on `app`, in groups.
void declare(CLI::App& app, TrainRequest& request);
/// --data and how the data are prepared.
void declare_data(CLI::App& app, DataChoice& choice);
/// The options of training, one of each.
void declare_training(CLI::App& app, TrainingChoice& choice);
/// --threads and --device.
void declare_machine(CLI::App& app, int& threads, std::string& device);

/// Sets the threads and the device, which it gives. Throws UsageError when the device is not to be had.
Device use_machine(int threads, const std::string& device);

/// "cpu", or the CUDA device in use and what it is: "cuda:0, NVIDIA H100 …".
std::string device_name(Device device);

/// The request with what its recipe says where nothing was typed. Throws UsageError, ValueError.
Settings resolve(const TrainRequest& request);

}  // namespace mercer::program
