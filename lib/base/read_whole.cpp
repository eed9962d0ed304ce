#include "mercer/base/read_whole.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// What is written to a pipe, up to `limit` bytes and a piece. Waits for bytes, but not for a writer: a pipe without
/// one is empty. Nothing when it can't be read.
std::optional<std::string> read_pipe(const std::filesystem::path& file, std::size_t limit) {
  const int pipe = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (pipe < 0) return std::nullopt;
  std::string text;
  char piece[1 << 12];
  ssize_t got = 1;
  while (got != 0 && text.size() <= limit) {
    got = ::read(pipe, piece, sizeof piece);
    if (got > 0) text.append(piece, static_cast<std::size_t>(got));
    if (got >= 0 || errno == EINTR) continue;
    pollfd waiting{.fd = pipe, .events = POLLIN, .revents = 0};
    if (errno != EAGAIN || (::poll(&waiting, 1, -1) < 0 && errno != EINTR)) break;
  }
  ::close(pipe);
  return got < 0 ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

std::string read_whole(const std::filesystem::path& file, std::size_t limit) {
  const auto fail = [&](const std::string& what) { throw FileError(file.string() + ": " + what); };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (error) fail("can't be read: " + error.message());
  if (std::filesystem::is_directory(status)) fail("is a folder, want a file");
  const auto want_within_limit = [&](const std::string& text) {
    if (text.size() > limit) fail("is longer than " + std::to_string(limit) + " bytes, want at most so many");
  };
  if (std::filesystem::is_fifo(status)) {
    std::optional<std::string> text = read_pipe(file, limit);
    if (!text) fail("reading failed");
    if (text->empty()) fail("is a pipe that nothing is written to, want a file");
    want_within_limit(*text);
    return std::move(*text);
  }
  if (!std::filesystem::is_regular_file(status)) fail("is a device, want a file");
  std::ifstream in(file, std::ios::binary);
  if (!in) fail("can't be opened for reading");
  std::string text;
  char piece[1 << 12];
  while (text.size() <= limit && (in.read(piece, sizeof piece) || in.gcount() > 0))
    text.append(piece, static_cast<std::size_t>(in.gcount()));
  if (in.bad()) fail("reading failed");
  want_within_limit(text);
  return text;
}

}  // namespace mercer
