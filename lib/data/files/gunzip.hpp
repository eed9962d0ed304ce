#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mercer {

/// True when the bytes begin as a gzip member does.
bool is_gzip(std::string_view bytes);

/// Decompresses `bytes`, which were read from `file`; several gzip members are joined. Throws FileError when the bytes
/// end early, are damaged, or grow more than 256-fold (a text of zeros and ones grows 70-fold).
std::string gunzip(const std::filesystem::path& file, std::string_view bytes);

}  // namespace mercer
