#pragma once

#include <filesystem>
#include <string>

#include "mercer/base/whole_file.hpp"

namespace mercer::program {

/// Throws FileError unless `file` can be written; doesn't write it.
void check_writable(const std::filesystem::path& file);

/// Throws FileError unless `folder` is writable or can be created; doesn't create it.
void check_output_folder(const std::filesystem::path& folder);

/// Creates the folder and its parents. Throws FileError.
void make_folder(const std::filesystem::path& folder);

/// A CSV field of RFC 4180, quoted if necessary.
std::string csv_field(const std::string& text);

}  // namespace mercer::program
