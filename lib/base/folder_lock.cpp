#include "mercer/base/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "mercer/base/check.hpp"
#include "mercer/base/whole_file.hpp"

namespace mercer {

FolderLock::FolderLock(const std::filesystem::path& folder)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  refused_ = errno == EWOULDBLOCK;
  ::close(std::exchange(descriptor_, -1));
}

FolderLock::~FolderLock() {
  if (is_held()) ::close(descriptor_);
}

FolderLock locked_folder(const std::filesystem::path& folder) {
  make_folder(folder);
  FolderLock lock(folder);
  if (lock.is_refused())
    throw FileError(folder.string() + ": another run writes there; wait until it ends, or take another folder");
  return lock;
}

}  // namespace mercer
