#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace mercer {

/// All bytes of a file or of a pipe, at most `limit`. Throws FileError "FILE: …" for what is missing, a folder, a
/// device, longer than that, or can't be read to its end.
std::string read_whole(const std::filesystem::path& file, std::size_t limit);

}  // namespace mercer
