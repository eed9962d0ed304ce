#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// The files of a set of items in a folder that exists: NAME_TRAIN.ts and NAME_TEST.ts, or those of texts for tokens;
/// without a test NAME.ts, or NAME.labelled.txt. Throws FileError; ValueError for names that the files can't hold.
void write_sequences(const Dataset& data, const std::filesystem::path& folder);

}  // namespace mercer
