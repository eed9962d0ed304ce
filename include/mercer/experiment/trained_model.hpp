#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mercer/experiment/split_parts.hpp"
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
  std::optional<Index> first_index{};  // of the features, see Dataset
  std::vector<std::string> class_names{};
  std::vector<std::string> feature_names{};       // [features]; empty when the data have no names
  std::vector<std::string> edge_feature_names{};  // of the edges' features that it reads; empty when they have none
  ColumnScales edge_scales{};                     // of the training graph, when they are standardised
  ColumnScales scales{};                          // of the training graph, when features are standardised
  ColumnScales targets{};  // of real targets: the outputs in their units are in_units(x, targets)
  SplitParts parts{};      // what each example was in the training; empty when it is not known
  NodeKeys node_keys{};    // of the examples that have parts; empty where they have no names
  Model model{};
};

/// The trained model of one seed; `settings` are those of the training.
TrainedModel trained_model(const Problem& problem, const Settings& settings, const SeedRun& run);

/// Was the model trained on these examples, whatever has changed of them? So with same_nodes, and with as many nodes at
/// the place of its data.
bool was_trained_on(const TrainedModel& trained, const Fingerprint& source, const std::string& place = "");

/// Writes FOLDER/model.safetensors, complete or not at all, and creates the folder if needed. Throws FileError.
///
/// The metadata are {"format": "mercer model 2", "model": JSON}. JSON has the members options, training, data, seed,
/// fingerprint, features, classes, feature_names, and buffers, the names of tensors that are not parameters; and
/// first_index where features have one; edge_feature_names where the model reads some. Standardised features have their
/// scales in the tensors "preparation.mean" and "preparation.scale", [1, features], those of edges in "edges.mean" and
/// "edges.scale"; real targets theirs in "targets.mean" and "targets.scale"; "split.parts" and "split.names" hold
/// the parts and the keys of the nodes, see packed.
void save_model(const std::filesystem::path& folder, const TrainedModel& trained);

/// Is FOLDER/model.safetensors one that save_model wrote, of whatever version? False for one that can't be read.
bool holds_model(const std::filesystem::path& folder);

/// Throws FileError when the file is absent, damaged or of another format (with what to do), or when its parameters
/// don't match its options.
TrainedModel load_model(const std::filesystem::path& folder);

/// Prepares data as the model's were, matched (match.hpp). `choice` overrides the model's choices. Those that only fit
/// the training data (split, largest component, order of the nodes) apply only when the model was trained on these
/// examples; where `choice` names no split and theirs is no longer the one of the training, that one is taken, by
/// `parts`. Row i of
/// logits_of(trained.model, problem) is node problem.prepared.source_node(i). Throws ValueError when the data don't fit
/// the model.
Problem problem_for(const TrainedModel& trained, Dataset data, const Machine& machine = {}, DataChoice choice = {});

}  // namespace mercer
