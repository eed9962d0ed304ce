#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mercer {

/// True when the bytes begin as a gzip member does.
bool is_gzip(std::string_view bytes);

/// What `bytes`, read from `file`, hold when inflated; members that follow each other are joined. Throws FileError
/// when they end early, are damaged, or grow beyond 256 times their size (text of zeros and ones grows 70 times).
std::string gunzip(const std::filesystem::path& file, std::string_view bytes);

}  // namespace mercer
