#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mercer/experiment/train_seed.hpp"

/// A trained model as one file: FOLDER/model.safetensors holds the parameters, and in its metadata what they are the
/// parameters of. `mercer train --out FOLDER` writes the same file, `mercer predict --model FOLDER` reads it.
namespace mercer {

/// All that is needed to predict: the model, and how its data are prepared.
struct TrainedModel {
  ModelOptions options{};
  TrainingChoice training{};
  DataChoice data{};          // complete, with the split it was trained on
  std::uint64_t seed = 0;     // of this model; a random split is drawn from it
  Fingerprint fingerprint{};  // of the data as they were read
  Index features = 0;
  std::vector<std::string> class_names{};
  std::vector<std::string> feature_names{};  // [features] when the data name them, else empty
  Model model{};
};

/// What came of one seed, as a model to keep. `settings` are those it was trained with.
TrainedModel trained_model(const Problem& problem, const Settings& settings, const SeedRun& run);

/// Writes FOLDER/model.safetensors, whole or not at all; makes the folder when there is none. Throws FileError.
///
/// The metadata are {"format": "mercer model 2", "model": JSON}. JSON has the members options, training, data, seed,
/// fingerprint, features, classes, feature_names, and buffers: the names of the tensors that are no parameters.
void save_model(const std::filesystem::path& folder, const TrainedModel& trained);

/// Throws FileError when there is no such file, when it is damaged, of another format (it says what to do), or when
/// its parameters are not those of its options.
TrainedModel load_model(const std::filesystem::path& folder);

/// Data prepared as those of the model were. What only makes sense for the very data of the training (split, largest
/// component, order of the nodes) is taken over when the fingerprints agree. Row i of logits_of(trained.model, problem)
/// is node problem.prepared.source_node(i). Throws ValueError when the nodes don't have as many features.
Problem problem_for(const TrainedModel& trained, Dataset data, const Machine& machine = {});

/// Throws ValueError unless the nodes have as many features as the model reads, in the same order where both name them.
void check_features(const TrainedModel& trained, const Dataset& data);

}  // namespace mercer
