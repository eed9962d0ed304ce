#pragma once

#include <filesystem>
#include <utility>

namespace mercer {

/// Keeps other processes from writing into a folder while the object lives. The system frees the lock of a process that
/// died; it leaves no file. Other objects of the same process are kept out too.
class FolderLock {
 public:
  FolderLock() = default;  // locks nothing
  /// Tries to lock; the folder may be absent.
  explicit FolderLock(const std::filesystem::path& folder);
  FolderLock(FolderLock&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), refused_(std::exchange(other.refused_, false)) {}
  FolderLock& operator=(FolderLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(refused_, other.refused_);
    return *this;
  }
  ~FolderLock();

  /// False when the folder is absent, or on a file system without locks.
  bool is_held() const { return descriptor_ >= 0; }
  /// Does another lock hold the folder?
  bool is_refused() const { return refused_; }

 private:
  int descriptor_ = -1;
  bool refused_ = false;
};

/// Creates the folder and its parents, and locks it. Throws FileError when it can't be made, or when another process
/// writes there. On a file system without locks the result isn't held.
FolderLock locked_folder(const std::filesystem::path& folder);

}  // namespace mercer
