#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

namespace mercer {

/// Gives bytes to a file, in order; throws FileError.
using Write = std::function<void(std::span<const std::byte>)>;

/// Calls fill(write) on a temporary file beside `path` and renames it to `path` when all of it is on disk: `path`
/// is either as before or whole. Throws FileError and what `fill` throws.
void write_whole(const std::filesystem::path& path, const std::function<void(const Write&)>& fill);
void write_whole(const std::filesystem::path& path, std::string_view text);

}  // namespace mercer
