#include "mercer/base/whole_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// A temporary file; the destructor removes it unless it was renamed.
class Temporary {
 public:
  explicit Temporary(const std::filesystem::path& target)
      : target_(target), path_(target.string() + ".part" + std::to_string(::getpid())) {
    file_.reset(std::fopen(path_.c_str(), "wb"));
    if (!file_) fail("can't be written");
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (path_.empty()) return;
    std::error_code ignored;  // a destructor can't report it
    std::filesystem::remove(path_, ignored);
  }

  void write(std::span<const std::byte> bytes) {
    if (!bytes.empty() && std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
      fail("can't be written");
  }

  void rename_to_target() {
    if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) fail("can't be written");
    if (std::fclose(file_.release()) != 0) fail("can't be written");
    if (std::rename(path_.c_str(), target_.c_str()) != 0) fail("can't be replaced");
    path_.clear();
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw FileError(target_.string() + ": " + what + ": " + std::strerror(errno));
  }

  std::filesystem::path target_, path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace

void write_whole(const std::filesystem::path& path, const std::function<void(const Write&)>& fill) {
  Temporary file(path);
  fill([&](std::span<const std::byte> bytes) { file.write(bytes); });
  file.rename_to_target();
}

void write_whole(const std::filesystem::path& path, std::string_view text) {
  write_whole(path, [&](const Write& write) { write(std::as_bytes(std::span(text))); });
}

}  // namespace mercer
