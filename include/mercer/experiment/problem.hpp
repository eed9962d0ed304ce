#pragma once

#include <string>
#include <vector>

#include "mercer/attention/neighbourhood.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/experiment/machine.hpp"
#include "mercer/experiment/prepare.hpp"
#include "mercer/experiment/result.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/models/model.hpp"
#include "mercer/partition/part.hpp"

namespace mercer {

/// The data as a model reads them.
struct Problem {
  Prepared prepared;            // its features have moved into `input`
  Neighbourhood neighbourhood;  // the graph as it is, unless the model makes more of it
  Input input;                  // on the device of everything that is computed of it; of several: on the CPU
  std::vector<Part> parts;      // of several: what each of them trains on

  /// Throws ValueError when the model can't be, DeviceError when the device has no room for the features.
  Problem(Prepared from, const ModelOptions& model, const Machine& machine = {});
  Index features() const { return input.columns(); }
  Index classes() const { return prepared.data.classes(); }
  const Machine& machine() const { return machine_; }

  /// compute(), and when the device turns out to have no room for it, once more from the host, attention streaming
  /// through the device. Throws DeviceMemoryError when that is not allowed, ValueError when even for that there is no
  /// room.
  template <class Compute>
  auto with_room(Compute&& compute) {
    if (is_streamed() || machine_.ranks > 1) return compute();
    try {
      return compute();
    } catch (const DeviceMemoryError& error) {
      make_room(error.what());
    }
    return compute();
  }
  /// "cpu", or the CUDA device and whether attention streams through it; of several, what joins them.
  std::string device_in_words() const;

 private:
  bool is_streamed() const { return neighbourhood.streamed() != nullptr; }
  /// Moves all to the host, and notes what will be moved to and fro.
  void make_room(const std::string& why);

  ModelOptions model_;
  Machine machine_;
};

/// The logits of every node, [n, classes], on the CPU, without dropout; the model is on the device of the input.
Tensor logits_of(const Model& model, const Problem& problem);

/// Refuses a split that can't be trained on or scored, before anything is trained. Throws ValueError, ValueError.
void check_split(const Problem& problem, const Settings& settings, const Split& split);

/// Fills in what the model and the data leave open: the settings that bring the same model again.
/// Throws ValueError, ValueError when there can't be such a model.
void complete(Settings& settings, const Problem& problem);

/// Row i as probabilities: exp(x_ic) / Σ_c exp(x_ic).
std::vector<double> probabilities(const Tensor& logits, Index i);

DataFacts facts_of(const Problem& problem, const Split& split);

}  // namespace mercer
