#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mercer/experiment/result.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/training/train_state.hpp"

/// An unfinished run in its folder: resume.json holds the settings and the results of finished seeds,
/// resume.safetensors the state of the current seed.
namespace mercer {

struct UnfinishedRun {
  std::string command;
  std::string summary;  // path of the requested summary, or empty
  Settings settings;
  Fingerprint fingerprint;          // of the data as they were read
  std::vector<SeedResult> results;  // of the finished seeds
  std::optional<TrainState> state;  // of the current seed; absent before its first save
};

bool holds_unfinished_run(const std::filesystem::path& folder);

/// Writes both files. A state of a finished seed counts as absent. Throws FileError.
void save_unfinished(const std::filesystem::path& folder, const UnfinishedRun& run);

/// Throws FileError when the files are absent or can't be parsed.
UnfinishedRun load_unfinished(const std::filesystem::path& folder);

/// Removes both files if they exist.
void forget_unfinished(const std::filesystem::path& folder);

}  // namespace mercer
