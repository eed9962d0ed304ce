#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mercer/experiment/result.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/training/train_state.hpp"

/// An unfinished run in its folder: resume.json holds the settings and the results of the seeds that are done,
/// resume.safetensors the state of the seed in work.
namespace mercer {

struct UnfinishedRun {
  std::string command;
  std::string summary;  // the file that was asked for, or empty
  Settings settings;
  Fingerprint fingerprint;          // of the data as they were read
  std::vector<SeedResult> results;  // of the seeds that are done
  std::optional<TrainState> state;  // of the next one; absent when it hasn't begun
};

bool holds_unfinished_run(const std::filesystem::path& folder);

/// Writes both files; `state` may be of a seed that is done, then it counts as absent. Throws FileError.
void save_unfinished(const std::filesystem::path& folder, const UnfinishedRun& run);

/// Throws FileError when there is none, or it can't be understood.
UnfinishedRun load_unfinished(const std::filesystem::path& folder);

/// Removes both files, if they are there.
void forget_unfinished(const std::filesystem::path& folder);

}  // namespace mercer
