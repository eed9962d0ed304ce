#include "data/files/zip_archive.hpp"

#include <algorithm>
#include <fstream>

#include "data/files/read_file.hpp"

namespace mercer {
namespace {

constexpr std::uint64_t deflate_ratio =
    1032;  // the largest number of bytes from one byte of deflated data (zlib's technical notes)
constexpr std::size_t least_unpacked = std::size_t{16} << 20,
                      most_unpacking = 256;  // of a member, over the whole archive

/// Throws when the directory gives a size that the compressed bytes can't hold.
void check_facts(const std::string& source, const zip_stat_t& facts, std::size_t archive_bytes) {
  constexpr zip_uint64_t needed =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((facts.valid & needed) != needed) refuse_file(source, "", "has no complete directory entry");
  if (facts.encryption_method != ZIP_EM_NONE) refuse_file(source, "", "is encrypted");
  const bool deflated = facts.comp_method == ZIP_CM_DEFLATE;
  if (!deflated && facts.comp_method != ZIP_CM_STORE)
    refuse_file(source, "",
                "is packed by method " + std::to_string(facts.comp_method) + ", want 0 (stored) or 8 (deflated)");
  if (facts.comp_size > archive_bytes)
    refuse_file(
        source, "",
        "claims " + std::to_string(facts.comp_size) + " packed bytes in a file of " + std::to_string(archive_bytes));
  if (facts.size > (deflated ? facts.comp_size * deflate_ratio : facts.comp_size))
    refuse_file(source, "",
                "claims " + std::to_string(facts.size) + " bytes, more than its " + std::to_string(facts.comp_size) +
                    " packed bytes can hold");
}

}  // namespace

void ZipMember::read(void* to, std::size_t bytes) const {
  const zip_int64_t got = zip_fread(stream.get(), to, bytes);
  if (got < 0) refuse_file(source, "", std::string("can't be unpacked: ") + zip_file_strerror(stream.get()));
  if (static_cast<std::size_t>(got) < bytes) refuse_file(source, "", "ends too early");
}

void ZipMember::check_end() const {
  char beyond = 0;
  const zip_int64_t got = zip_fread(stream.get(), &beyond, 1);
  if (got < 0) refuse_file(source, "", std::string("is damaged: ") + zip_file_strerror(stream.get()));
  if (got > 0) refuse_file(source, "", "goes on after its last item");
}

std::string hint_of_old_torch(const std::filesystem::path& file) {
  // a pickle of the number 0x1950a86a20f9469cfc6c, behind the protocol
  static constexpr std::string_view magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
  char first[14] = {};
  std::ifstream(file, std::ios::binary).read(first, sizeof first);
  if (first[0] != '\x80' || std::string_view(first + 2, magic.size()) != magic) return {};
  return "a file of PyTorch in the form of before 1.6; torch.save(torch.load(FILE, weights_only=False), FILE) "
         "writes the one of today";
}

ZipArchive::ZipArchive(const std::filesystem::path& file, const std::string& what)
    : file_(file), bytes_(file_bytes(file)) {
  int code = 0;
  zip_.reset(zip_open(file.c_str(), ZIP_RDONLY, &code));
  if (!zip_) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    const std::string hint = hint_of_old_torch(file);
    refuse_file(file, "", "is no " + what + (hint.empty() ? ": " + reason : ", but " + hint));
  }
  const zip_int64_t entries = zip_get_num_entries(zip_.get(), 0);
  for (zip_uint64_t entry = 0; entry < static_cast<zip_uint64_t>(entries); ++entry) {
    const char* raw = zip_get_name(zip_.get(), entry, ZIP_FL_ENC_RAW);
    names_.emplace_back(raw == nullptr ? "" : raw);
    entries_.emplace(names_.back(), entry);
  }
}

ZipMember ZipArchive::open(const std::string& name, const std::string& shown) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) refuse_file(file_, "", "has no member " + in_quotes(shown));
  ZipMember member{file_.string() + ": member " + in_quotes(shown), {}, nullptr};
  if (zip_stat_index(zip_.get(), found->second, 0, &member.facts) != 0)
    refuse_file(member.source, "", zip_strerror(zip_.get()));
  check_facts(member.source, member.facts, bytes_);
  member.stream.reset(zip_fopen_index(zip_.get(), found->second, 0));
  if (!member.stream) refuse_file(member.source, "", std::string("can't be opened: ") + zip_strerror(zip_.get()));
  return member;
}

void ZipArchive::check_unpacked(std::size_t bytes, const std::string& source, const std::string& place,
                                const std::string& what) const {
  if (bytes > std::max(least_unpacked, most_unpacking * bytes_))
    refuse_file(source, place,
                what + " needs " + std::to_string(bytes) + " bytes, want at most " + std::to_string(most_unpacking) +
                    " times the size of the archive");
}

std::string ZipArchive::read(const std::string& name) const {
  const ZipMember member = open(name, name);
  check_unpacked(member.facts.size, member.source, "", "it");
  std::string bytes(member.facts.size, '\0');
  member.read(bytes.data(), bytes.size());
  member.check_end();
  return bytes;
}

}  // namespace mercer
