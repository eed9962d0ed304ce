#include "cli/streams.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <system_error>

#include "mercer/base/printable.hpp"

namespace mercer::program {

namespace {

constexpr std::size_t longest_error = 600;  // bytes

void tell_line(const std::string& text) noexcept {
  try {
    write_error("mercer: " + text + "\n");
  } catch (const std::exception&) {
    write_error("mercer: out of memory\n");
  }
}

}  // namespace

void prepare_streams() noexcept {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0)  // open() takes the lowest number that is free: this one
      static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
}

void print_help(std::string_view text) {
  std::signal(SIGPIPE, SIG_DFL);
  fmt::print("{}", text);
}

void write_error(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void tell(std::string_view text) noexcept {
  try {
    tell_line(printable(text, true));
  } catch (const std::exception&) {
    tell_line("out of memory");
  }
}

void tell_error(std::string_view text) noexcept {
  try {
    tell_line(printable(shortened(std::string(text), longest_error)));
  } catch (const std::exception&) {
    tell_line("out of memory");
  }
}

void print_text(std::string_view text) { fmt::print("{}", printable(text, true)); }

bool output_arrived() noexcept {
  errno = 0;
  const bool failed_before = std::ferror(stdout) != 0;
  if (std::fflush(stdout) == 0 && !failed_before) return true;
  const int cause = errno;
  try {
    tell("standard output can't be written" + (cause == 0 ? "" : ": " + std::generic_category().message(cause)));
  } catch (const std::exception&) {
    tell("standard output can't be written");
  }
  return false;
}

}  // namespace mercer::program
