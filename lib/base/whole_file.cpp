#include "mercer/base/whole_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

#include "base/lower_case.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/folder_lock.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 255;  // bytes, of Linux's file systems
constexpr std::string_view part_suffix = ".part";

[[noreturn]] void fail(const fs::path& file, const std::string& what, int code) {
  throw FileError(file.string() + ": " + what + ": " + std::generic_category().message(code));
}

[[noreturn]] void fail_to_write(const fs::path& file, const std::string& what, int code) {
  throw WriteError(file.string() + ": " + what + ": " + std::generic_category().message(code));
}

/// An open file, or none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  int close() { return is_open() ? ::close(std::exchange(number_, -1)) : 0; }

 private:
  int number_;
};

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

fs::path part_of(const fs::path& target) {
  const std::string name = target.filename().string();
  return folder_of(target) / (name.substr(0, longest_name - part_suffix.size()) + std::string(part_suffix));
}

/// The number of this process's open file that the path names, as /proc/self/fd/1 does; -1 for another path.
int open_file_named(const fs::path& path) {
  std::error_code error;
  if (fs::weakly_canonical(folder_of(path), error) != "/proc/" + std::to_string(::getpid()) + "/fd") return -1;
  const std::string name = path.filename().string();
  int number = -1;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
  return problem == std::errc() && end == name.data() + name.size() ? number : -1;
}

/// Where and how a path is written.
struct Target {
  fs::path file;
  bool as_it_is = false;  // a device or a pipe: not replaced
  int open_file = -1;     // written into, from where it stands
};

/// What is written is plain; a name that says otherwise would mislead.
void refuse_packed_name(const fs::path& path) {
  const std::string of_path = lower_case(path.extension().string());
  for (const char* ending : {".gz", ".bz2", ".xz", ".zst", ".zip"})
    if (of_path == ending)
      throw FileError(path.string() + ": got a name that ends in " + ending +
                      ", and what is written is not packed: want " + path.stem().string());
}

Target target_of(const fs::path& path) {
  constexpr int most_links = 40;  // Linux's
  refuse_packed_name(path);
  struct stat facts {};
  const bool there = ::stat(path.c_str(), &facts) == 0;
  if (!there && errno != ENOENT) fail(path, "can't be written", errno);
  if (there && S_ISDIR(facts.st_mode)) throw FileError(path.string() + ": is a folder, want a file to write");
  fs::path file = path;
  for (int followed = 0; followed < most_links; ++followed) {
    if (const int number = open_file_named(file); there && number >= 0) return {path, true, number};
    std::error_code error;
    const fs::path next = fs::read_symlink(file, error);
    if (error) return {file, there && !S_ISREG(facts.st_mode)};
    file = folder_of(file) / next;
  }
  fail(path, "can't be written", ELOOP);
}

void write_all(const Descriptor& file, const fs::path& shown, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_to_write(shown, "can't be written", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

/// Forces a file or folder to disk. What can't be forced there (a pipe, some file systems' folders) isn't.
void sync(const Descriptor& file, const fs::path& shown) {
  if (::fsync(file.number()) == 0 || errno == EINVAL || errno == ENOTSUP) return;
  fail_to_write(shown, "can't be written to disk", errno);
}

void sync_folder_of(const fs::path& file) {
  const Descriptor folder(::open(folder_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open()) sync(folder, file);
}

/// Opens and locks FILE.part; waits while another writer has it.
Descriptor open_part(const fs::path& part, const fs::path& shown) {
  for (;;) {
    Descriptor file(::open(part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!file.is_open()) fail_to_write(shown, "can't be written", errno);
    while (::flock(file.number(), LOCK_EX) != 0)
      if (errno != EINTR) return file;  // a file system without locks
    struct stat mine {
    }, named{};  // the writer before has renamed or removed it while this one waited?
    if (::fstat(file.number(), &mine) != 0 || ::lstat(part.c_str(), &named) != 0 || mine.st_ino != named.st_ino)
      continue;
    return file;
  }
}

/// FILE.part; the destructor removes it unless it was renamed.
class Part {
 public:
  Part(const fs::path& target, const fs::path& shown)
      : target_(target), shown_(shown), path_(part_of(target)), file_(open_part(path_, shown)) {
    struct stat before {};
    if (::stat(target_.c_str(), &before) == 0) ::fchmod(file_.number(), before.st_mode & 0777);
    if (::ftruncate(file_.number(), 0) == 0) return;
    const int cause = errno;
    ::unlink(path_.c_str());
    fail_to_write(shown_, "can't be written", cause);
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  ~Part() {
    if (!path_.empty()) ::unlink(path_.c_str());  // a destructor can't report a failure
  }

  void write(std::span<const std::byte> bytes) { write_all(file_, shown_, bytes); }

  void rename_to_target() {
    sync(file_, shown_);
    if (std::rename(path_.c_str(), target_.c_str()) != 0) fail_to_write(shown_, "can't be replaced", errno);
    path_.clear();
    if (file_.close() != 0) fail_to_write(shown_, "can't be written", errno);
    sync_folder_of(target_);
  }

 private:
  fs::path target_, shown_, path_;
  Descriptor file_;
};

void write_as_it_is(const Target& target, const fs::path& path, const std::function<void(const Write&)>& fill) {
  Descriptor file(target.open_file >= 0 ? ::fcntl(target.open_file, F_DUPFD_CLOEXEC, 0)
                                        : ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) fail_to_write(path, "can't be written", errno);
  fill([&](std::span<const std::byte> bytes) { write_all(file, path, bytes); });
  sync(file, path);
  if (file.close() != 0) fail_to_write(path, "can't be written", errno);
}

}  // namespace

void write_whole(const fs::path& path, const std::function<void(const Write&)>& fill) {
  const Target target = target_of(path);
  if (target.as_it_is) return write_as_it_is(target, path, fill);
  Part part(target.file, path);
  fill([&](std::span<const std::byte> bytes) { part.write(bytes); });
  part.rename_to_target();
}

void write_whole(const fs::path& path, std::string_view text) {
  write_whole(path, [&](const Write& write) { write(std::as_bytes(std::span(text))); });
}

void write_whole_folder(const fs::path& folder, const std::function<void(const fs::path& part)>& fill) {
  const fs::path target = folder.has_filename() ? folder : folder.parent_path(), part = part_of(target);
  struct stat facts {};
  if (::lstat(target.c_str(), &facts) == 0) throw FileError(folder.string() + ": is there already, want a new folder");
  if (errno != ENOENT) fail_to_write(folder, "can't be made", errno);
  make_folder(folder_of(target));
  std::error_code error;
  if (FolderLock(part).is_held()) fs::remove_all(part, error);  // of a process that died
  if (::mkdir(part.c_str(), 0777) != 0) fail_to_write(folder, "can't be made", errno);
  const FolderLock lock(part);
  try {
    fill(part);
    sync_folder_of(part / ".");
    if (std::rename(part.c_str(), target.c_str()) != 0) fail_to_write(folder, "can't be made", errno);
  } catch (...) {
    fs::remove_all(part, error);
    throw;
  }
  sync_folder_of(target);
}

void clear_part(const fs::path& path) {
  const Target target = target_of(path);
  if (target.as_it_is) return;
  const fs::path part = part_of(target.file);
  const Descriptor file(::open(part.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.is_open() && ::flock(file.number(), LOCK_EX | LOCK_NB) == 0) ::unlink(part.c_str());
}

void check_writable(const fs::path& path) {
  const Target target = target_of(path);
  const fs::path folder = folder_of(target.file);
  struct stat facts {};
  if (target.as_it_is) {
    if (::access(path.c_str(), W_OK) != 0) fail(path, "can't be written to", errno);
  } else if (::stat(folder.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) {
    throw FileError(path.string() + ": its folder " + folder.string() + " does not exist");
  } else if (::access(folder.c_str(), W_OK) != 0) {
    fail(path, "its folder can't be written to", errno);
  }
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw WriteError(folder.string() + ": the folder can't be made: " + error.message());
}

bool file_exists(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0) return true;
  if (errno != ENOENT && errno != ENOTDIR) fail(path, "can't be read", errno);
  return false;
}

}  // namespace mercer
