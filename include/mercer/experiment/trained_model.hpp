#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mercer/experiment/train_seed.hpp"

/// A trained model as one file: FOLDER/model.safetensors holds the parameters, its metadata the rest of TrainedModel.
/// `mercer train --out FOLDER` writes it, `mercer predict --model FOLDER` reads it.
namespace mercer {

/// A model and how its data are prepared: all that prediction needs.
struct TrainedModel {
  ModelOptions options{};
  TrainingChoice training{};
  DataChoice data{};          // complete, with the split it was trained on
  std::uint64_t seed = 0;     // of this model and its random split
  Fingerprint fingerprint{};  // of the data as they were read
  Index features = 0;
  std::vector<std::string> class_names{};
  std::vector<std::string> feature_names{};  // [features]; empty when the data have no names
  Model model{};
};

/// The trained model of one seed; `settings` are those of the training.
TrainedModel trained_model(const Problem& problem, const Settings& settings, const SeedRun& run);

/// Writes FOLDER/model.safetensors, complete or not at all, and creates the folder if needed. Throws FileError.
///
/// The metadata are {"format": "mercer model 2", "model": JSON}. JSON has the members options, training, data, seed,
/// fingerprint, features, classes, feature_names, and buffers, the names of tensors that are not parameters.
void save_model(const std::filesystem::path& folder, const TrainedModel& trained);

/// Throws FileError when the file is absent, damaged or of another format (with what to do), or when its parameters
/// don't match its options.
TrainedModel load_model(const std::filesystem::path& folder);

/// Prepares data as the model's were. Choices that only fit the training data (split, largest component, order of the
/// nodes) apply only when the fingerprints agree. Row i of logits_of(trained.model, problem) is node
/// problem.prepared.source_node(i). Throws ValueError when the number of features differs.
Problem problem_for(const TrainedModel& trained, Dataset data, const Machine& machine = {});

/// Throws ValueError unless the data have as many features as the model reads, in the same order where both name them.
void check_features(const TrainedModel& trained, const Dataset& data);

}  // namespace mercer
