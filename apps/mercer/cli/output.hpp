#pragma once

#include <filesystem>
#include <string>

#include "mercer/base/whole_file.hpp"

namespace mercer::program {

/// Throws FileError unless a file could be written at `file`; writes nothing.
void check_writable(const std::filesystem::path& file);

/// Throws FileError unless `folder` is a folder that can be written to, or could be made; makes nothing.
void check_output_folder(const std::filesystem::path& folder);

/// Makes the folder and those above it. Throws FileError.
void make_folder(const std::filesystem::path& folder);

/// A field of RFC 4180: quoted where it has to be.
std::string csv_field(const std::string& text);

}  // namespace mercer::program
