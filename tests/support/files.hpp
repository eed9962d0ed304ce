#pragma once

#include <filesystem>
#include <string>

namespace mercer::test {

/// A fresh folder, gone with the object.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();

  /// Writes a file of the folder, whole, and says where it is.
  std::filesystem::path write(const std::string& name, const std::string& bytes) const;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string bytes_of(const std::filesystem::path& file);

}  // namespace mercer::test
