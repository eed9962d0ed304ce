#include "cli/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "mercer/base/check.hpp"

namespace mercer::program {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& file, const std::string& what) { throw FileError(file.string() + ": " + what); }

}  // namespace

void check_output_folder(const fs::path& folder) {
  std::error_code error;
  fs::path there = fs::absolute(folder, error).lexically_normal();
  fs::file_status status = fs::status(there, error);
  while (status.type() == fs::file_type::not_found && there.has_relative_path()) {
    if (fs::is_symlink(fs::symlink_status(there, error))) fail(folder, there.string() + " is a link to nothing");
    there = there.parent_path();
    status = fs::status(there, error);
  }
  if (status.type() == fs::file_type::none) fail(folder, error.message());
  if (!fs::is_directory(status)) fail(folder, there.string() + " is a file, want a folder");
  if (::access(there.c_str(), W_OK | X_OK) != 0)
    fail(folder, "can't be written to: " + std::generic_category().message(errno));
}

FolderLock lock_if_there(const fs::path& folder) {
  check_output_folder(folder);
  return file_exists(folder) ? locked_folder(folder) : FolderLock();
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace mercer::program
