#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/output.hpp"
#include "mercer/experiment/problem.hpp"
#include "mercer/experiment/trained_model.hpp"

namespace mercer::program {

/// The common part of `evaluate`, `predict` and `explain`: a trained model, and data of the user's choice prepared as
/// the model's.
struct TrainedRequest {
  std::string model;  // its folder
  DataChoice data;    // as typed; the model completes it
  MachineChoice machine;
  std::vector<Output> outputs{};  // which must not take the place of the model or the data
};

void declare_trained(CLI::App& app, TrainedRequest& request);

/// Throws UsageError for the folder of a comparison or a search, with the way to a model; `option` is "--init ", or
/// empty.
void refuse_many_runs(const std::string& folder, const std::string& option = "");

struct Trained {
  TrainedModel model;
  std::unique_ptr<Problem> problem;
  bool other_graph = false;   // not the one that the model was trained on, not even changed
  SplitParts larger_parts{};  // of the nodes of the source, where they are the model's and others
  /// Are these what is measured, no split of the data?
  bool has_larger_parts(const TrainedRequest& request) const;
};

/// Throws UsageError when the data don't fit the model; FileError.
Trained load_trained(const TrainedRequest& request);

/// The logits of every node, [n, classes], on the CPU; attention is streamed when the device lacks memory.
Tensor logits_of(const Trained& trained);

/// The input of the model's last layer, [n, hidden], on the CPU. Throws UsageError for a model of one layer.
Tensor hidden_of(const Trained& trained);

}  // namespace mercer::program
