#pragma once

#include <filesystem>
#include <string>

#include "mercer/base/folder_lock.hpp"
#include "mercer/base/whole_file.hpp"

namespace mercer::program {

/// Throws FileError unless `folder` is writable or can be created; doesn't create it.
void check_output_folder(const std::filesystem::path& folder);

/// check_output_folder(), and the lock of the folder if it exists: a second run is refused before it reads its data.
/// Throws FileError.
FolderLock lock_if_there(const std::filesystem::path& folder);

/// A CSV field of RFC 4180, quoted if necessary.
std::string csv_field(const std::string& text);

}  // namespace mercer::program
