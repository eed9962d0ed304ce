#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>

#include "mercer/base/printable.hpp"

namespace mercer {

/// Throws FileError "FILE: PLACE: what"; "FILE: what" when the place is empty.
[[noreturn]] void refuse_file(const std::filesystem::path& file, const std::string& place, const std::string& what);

/// The path of the one file among `names` that exists in the folder, if any. Throws FileError when there are several.
std::optional<std::filesystem::path> one_of(const std::filesystem::path& folder,
                                            std::initializer_list<std::string> names);

/// The size of a regular file. Throws FileError when it is missing, a folder, a device or empty.
std::size_t file_bytes(const std::filesystem::path& file);

inline constexpr std::size_t largest_file = std::size_t{1} << 33;  // 8 GiB

/// All bytes of a regular file. Throws FileError as file_bytes does, and when it is larger than `limit`
/// or can't be read to its end.
std::string read_file(const std::filesystem::path& file, std::size_t limit = largest_file);

}  // namespace mercer
