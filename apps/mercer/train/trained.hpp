#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/options.hpp"
#include "mercer/experiment/problem.hpp"
#include "mercer/experiment/trained_model.hpp"

namespace mercer::program {

/// What `evaluate` and `predict` share: a trained model, and data of the user's choice prepared as the model's were.
struct TrainedRequest {
  std::string model;  // its folder
  DataChoice data;    // what was typed; the model says the rest
  MachineChoice machine;
};

void declare_trained(CLI::App& app, TrainedRequest& request);

struct Trained {
  TrainedModel model;
  std::unique_ptr<Problem> problem;
};

/// Throws UsageError when the data don't fit the model, FileError.
Trained load_trained(const TrainedRequest& request);

/// What the model says of every node, [n, classes], on the CPU; streamed when the device has no room otherwise.
Tensor logits_of(const Trained& trained);

}  // namespace mercer::program
