#pragma once

#include <zip.h>

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace mercer {

struct CloseZipMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
struct CloseZip {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};

/// A member opened for one sequential read. Throws FileError "FILE: member 'NAME': …".
struct ZipMember {
  std::string source;  // "FILE: member 'NAME'"
  zip_stat_t facts;
  std::unique_ptr<zip_file_t, CloseZipMember> stream;

  void read(void* to, std::size_t bytes) const;
  void check_end() const;  // reading past the end makes libzip compare the CRC
};

/// A zip archive, stored or deflated. The constructor reads only the directory. Sizes are compared with the size of the
/// archive before memory is allocated.
class ZipArchive {
 public:
  /// Throws FileError when the file is none; `what` it should be, for the message: "zip archive of arrays".
  ZipArchive(const std::filesystem::path& file, const std::string& what);

  const std::filesystem::path& file() const { return file_; }
  const std::vector<std::string>& names() const { return names_; }  // in the order of the archive
  bool contains(const std::string& name) const { return entries_.contains(name); }

  /// Of two members with one name the first. `shown`: its name in messages.
  ZipMember open(const std::string& name, const std::string& shown) const;

  /// Throws FileError when `bytes` of a member, unpacked, are too many for this archive.
  void check_unpacked(std::size_t bytes, const std::string& source, const std::string& place,
                      const std::string& what) const;

  /// All bytes of a member.
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path file_;
  std::size_t bytes_ = 0;
  std::unique_ptr<zip_t, CloseZip> zip_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, zip_uint64_t> entries_;  // by name: position in the directory
};

/// What a file of torch.save is that is no zip archive, and the way out; else empty.
std::string hint_of_old_torch(const std::filesystem::path& file);

}  // namespace mercer
