#include "data/files/read_file.hpp"

#include <fstream>
#include <system_error>

#include "mercer/base/check.hpp"
#include "mercer/base/whole_file.hpp"

namespace mercer {

namespace fs = std::filesystem;

void refuse_file(const fs::path& file, const std::string& place, const std::string& what) {
  throw FileError(file.string() + ": " + (place.empty() ? "" : place + ": ") + what);
}

std::optional<fs::path> one_of(const fs::path& folder, std::initializer_list<std::string> names) {
  std::optional<fs::path> found;
  for (const std::string& name : names) {
    if (!file_exists(folder / name)) continue;
    if (found) refuse_file(folder / name, "", "stands beside " + found->filename().string() + ", want one of the two");
    found = folder / name;
  }
  return found;
}

std::size_t file_bytes(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found) refuse_file(file, "", "there is no such file");
  if (status.type() == fs::file_type::none) refuse_file(file, "", "can't be read: " + error.message());
  if (fs::is_directory(status)) refuse_file(file, "", "is a folder, want a file");
  if (!fs::is_regular_file(status)) refuse_file(file, "", "is not a regular file");
  const auto bytes = fs::file_size(file, error);
  if (error) refuse_file(file, "", "its size can't be read: " + error.message());
  if (bytes == 0) refuse_file(file, "", "is empty");
  return static_cast<std::size_t>(bytes);
}

std::string read_file(const fs::path& file, std::size_t limit) {
  const std::size_t bytes = file_bytes(file);
  if (bytes > limit)
    refuse_file(file, "", "is " + std::to_string(bytes) + " bytes long, want at most " + std::to_string(limit));
  std::ifstream in(file, std::ios::binary);
  if (!in) refuse_file(file, "", "can't be opened for reading");
  std::string content(bytes, '\0');
  in.read(content.data(), static_cast<std::streamsize>(bytes));
  if (in.gcount() != static_cast<std::streamsize>(bytes))
    refuse_file(file, "byte " + std::to_string(in.gcount()), "reading ended, want " + std::to_string(bytes) + " bytes");
  return content;
}

}  // namespace mercer
