#include "cli/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include "mercer/base/check.hpp"

namespace mercer::program {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& file, const std::string& what) { throw FileError(file.string() + ": " + what); }

std::string reason() { return std::strerror(errno); }

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

}  // namespace

void check_writable(const fs::path& file) {
  if (fs::is_directory(file)) fail(file, "is a folder, want a file to write");
  const fs::path folder = folder_of(file);
  if (!fs::is_directory(folder)) fail(file, "its folder " + folder.string() + " does not exist");
  if (::access(folder.c_str(), W_OK) != 0) fail(file, "its folder can't be written to: " + reason());
}

void check_output_folder(const fs::path& folder) {
  fs::path there = fs::absolute(folder).lexically_normal();
  while (!fs::exists(fs::symlink_status(there)) && there.has_relative_path())
    there = there.parent_path();
  if (!fs::is_directory(there)) fail(folder, there.string() + " is a file, want a folder");
  if (::access(there.c_str(), W_OK | X_OK) != 0) fail(folder, "can't be written to: " + reason());
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail(folder, "the folder can't be made: " + error.message());
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace mercer::program
