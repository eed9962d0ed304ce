#include "mercer/base/read_whole.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "mercer/base/check.hpp"

namespace mercer {

std::string read_whole(const std::filesystem::path& file, std::size_t limit) {
  const auto fail = [&](const std::string& what) { throw FileError(file.string() + ": " + what); };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (error) fail("can't be read: " + error.message());
  if (std::filesystem::is_directory(status)) fail("is a folder, want a file");
  if (!std::filesystem::is_regular_file(status) && !std::filesystem::is_fifo(status)) fail("is a device, want a file");
  std::ifstream in(file, std::ios::binary);
  if (!in) fail("can't be opened for reading");
  std::string text;
  char piece[1 << 12];
  while (text.size() <= limit && (in.read(piece, sizeof piece) || in.gcount() > 0))
    text.append(piece, static_cast<std::size_t>(in.gcount()));
  if (in.bad()) fail("reading failed");
  if (text.size() > limit) fail("is longer than " + std::to_string(limit) + " bytes, want at most so many");
  return text;
}

}  // namespace mercer
