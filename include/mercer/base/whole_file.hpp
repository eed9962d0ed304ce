#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

namespace mercer {

/// Appends bytes to a file; throws FileError.
using Write = std::function<void(std::span<const std::byte>)>;

/// Calls fill(write) on a temporary file beside `path` and renames it to `path` when it is completely on disk: `path`
/// is then either unchanged or complete. Throws FileError and what `fill` throws.
void write_whole(const std::filesystem::path& path, const std::function<void(const Write&)>& fill);
void write_whole(const std::filesystem::path& path, std::string_view text);

}  // namespace mercer
