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
  Fingerprint fingerprint;             // of the data as they were read
  std::vector<SeedResult> results;     // of the finished seeds
  std::optional<TrainState> state;     // of the current seed; absent before its first save
  std::optional<SeedResult> chosen{};  // of the current seed when its epoch is chosen; the state is then of its refit
};

bool holds_unfinished_run(const std::filesystem::path& folder);

/// Writes both files. A state of a finished seed counts as absent. Throws FileError.
void save_unfinished(const std::filesystem::path& folder, const UnfinishedRun& run);

/// Throws FileError when the files are absent or can't be parsed.
UnfinishedRun load_unfinished(const std::filesystem::path& folder);

/// Removes both files if they exist.
void forget_unfinished(const std::filesystem::path& folder);

/// The same of a finished run of one seed, in finished.json and finished.safetensors, so that it can be trained
/// further: `state` is that of its last epoch. Throw as above.
bool holds_finished_run(const std::filesystem::path& folder);
void save_finished(const std::filesystem::path& folder, const UnfinishedRun& run);
UnfinishedRun load_finished(const std::filesystem::path& folder);
void forget_finished(const std::filesystem::path& folder);

/// A finished run with more epochs and, where given, another patience. Throws ValueError unless there is something left
/// to train: more epochs than it has, and after an early stop a patience that its last epochs don't exceed.
void extend(UnfinishedRun& run, Index epochs, std::optional<Index> patience);

}  // namespace mercer
