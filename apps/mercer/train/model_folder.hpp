#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/prepare.hpp"
#include "mercer/models/model.hpp"
#include "train/settings.hpp"

/// A trained model as a folder: model.safetensors holds its parameters, model.json what they are the parameters of.
namespace mercer::program {

/// All that is needed to build the model again and to prepare its data.
struct ModelDescription {
  std::string command;  // that trained it
  ModelOptions model;
  TrainingChoice training;
  DataChoice data;         // complete, with the split it was trained on
  std::uint64_t seed = 0;  // of this model; a random split is drawn from it
  Index nodes = 0, features = 0;
  std::vector<std::string> class_names;
};

/// Writes both files. Throws FileError.
void save_model(const std::filesystem::path& folder, const ModelDescription& description, const Model& model);

/// Throws FileError unless the folder holds a description that this program understands.
ModelDescription load_description(const std::filesystem::path& folder);

/// The model with its parameters. Throws FileError when the two files don't belong together.
Model load_model(const std::filesystem::path& folder, const ModelDescription& description);

}  // namespace mercer::program
