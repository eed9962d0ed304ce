#pragma once

#include <string>
#include <vector>

#include "mercer/attention/neighbourhood.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/experiment/data_facts.hpp"
#include "mercer/experiment/machine.hpp"
#include "mercer/experiment/prepare.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/models/model.hpp"
#include "mercer/partition/part.hpp"
#include "mercer/training/node_targets.hpp"

namespace mercer {

/// Throws ValueError unless the model is one for such data: a Transformer for sequences, another one for a graph.
void check_fit(const Dataset& data, const ModelOptions& model);

/// Prepared data as the inputs of a model.
struct Problem {
  Prepared prepared;            // without features, which are in `input`
  Neighbourhood neighbourhood;  // the graph, or what the model makes of it; a segment for each sequence
  Input input;                  // on the device of the computation; with several devices, or of sequences, on the CPU
  std::vector<Part> parts;      // one for each of several devices

  /// Throws ValueError when the model can't be built or is not one for these data, DeviceError when the features don't
  /// fit the device.
  Problem(Prepared from, const ModelOptions& model, const Machine& machine = {});
  Index features() const { return input.columns(); }
  Index classes() const { return prepared.data.classes(); }
  const Machine& machine() const& { return machine_; }
  Machine machine() && { return machine_; }
  /// Where the model computes. Sequences go there batch by batch.
  Device device() const { return prepared.data.has_items() ? machine_.device : input.device(); }

  /// Runs compute(). When device memory runs out, moves the data to the host and runs it again with attention streamed
  /// through the device. Throws DeviceMemoryError when streaming is not allowed, ValueError when even streaming lacks
  /// memory.
  template <class Compute>
  auto or_streamed(Compute&& compute) {
    if (is_streamed() || machine_.ranks > 1) return compute();
    try {
      return compute();
    } catch (const DeviceMemoryError& error) {
      stream(error.what());
    }
    return compute();
  }
  /// "cpu", or the CUDA device and whether attention streams through it, or several devices and their connection.
  std::string device_in_words() const;

 private:
  /// Fits the model's edge-columns to the data, or notes that it has none.
  void take_edge_features();
  /// What the model attends to.
  Neighbourhood neighbourhood_on(Device device) const;
  bool is_streamed() const { return neighbourhood.streamed() != nullptr; }
  /// Moves everything to the host and notes how much will be streamed.
  void stream(const std::string& why);

  ModelOptions model_;
  Machine machine_;
};

/// The logits of every example without dropout, [n, classes], on the CPU. The model must be on the problem's device.
Tensor logits_of(const Model& model, const Problem& problem);
/// The input of the last layer, [n, hidden], likewise. Throws ValueError for a model of one layer.
Tensor hidden_of(const Model& model, const Problem& problem);

/// The loss of labels that are no classes.
TargetLoss target_loss(LabelKind kind);

/// Throws ValueError for a split that can't be trained on or scored.
void check_split(const Problem& problem, const Settings& settings, const Split& split);

/// Which class a metric that is of one of two is of; empty for other metrics.
std::string note_of_metric(Metric metric, const Dataset& data);

/// Completes the settings from model and data, so that they reproduce the model; landmarks are at most the rows of the
/// longest sequence. Returns what a value that was given gave way to, or nothing. Throws ValueError for impossible
/// ones.
std::string complete(Settings& settings, const Problem& problem);

/// The class probabilities of row i: exp(x_ic) / Σ_c exp(x_ic).
std::vector<double> probabilities(const Tensor& logits, Index i);

}  // namespace mercer
