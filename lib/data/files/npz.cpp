#include "mercer/data/npz.hpp"

#include <zip.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "data/files/npy.hpp"
#include "data/files/read_file.hpp"

namespace mercer {
namespace {

constexpr std::string_view suffix = ".npy";
constexpr std::uint64_t deflate_ratio =
    1032;  // the largest number of bytes from one byte of deflated data (zlib's technical notes)
constexpr std::size_t least_unpacked = std::size_t{16} << 20,
                      most_unpacking = 256;  // of a member, over the whole archive

struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
struct CloseArchive {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};

/// A member opened for one sequential read.
struct Member {
  std::string source;
  zip_stat_t facts;
  std::unique_ptr<zip_file_t, CloseMember> stream;

  void read(void* to, std::size_t bytes) const {
    const zip_int64_t got = zip_fread(stream.get(), to, bytes);
    if (got < 0) refuse_file(source, "", std::string("can't be unpacked: ") + zip_file_strerror(stream.get()));
    if (static_cast<std::size_t>(got) < bytes) refuse_file(source, "", "ends too early");
  }

  /// Reading past the end makes libzip compare the CRC.
  void check_end() const {
    char beyond = 0;
    const zip_int64_t got = zip_fread(stream.get(), &beyond, 1);
    if (got < 0) refuse_file(source, "", std::string("is damaged: ") + zip_file_strerror(stream.get()));
    if (got > 0) refuse_file(source, "", "goes on after its last item");
  }

  NpyHeader header() const {
    return read_npy_header(source, [this](void* to, std::size_t bytes) { read(to, bytes); });
  }
};

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

std::string shape_text(const NpyArray& array) {
  std::string text = array.dtype + " (";
  for (const Index length : array.shape)
    text += std::to_string(length) + ", ";
  if (!array.shape.empty()) text.erase(text.size() - 2);
  return text + ")";
}

}  // namespace

struct Npz::Archive {
  std::filesystem::path file;
  std::size_t bytes = 0;
  std::unique_ptr<zip_t, CloseArchive> zip;
  std::vector<std::string> names;                         // without ".npy"
  std::unordered_map<std::string, zip_uint64_t> entries;  // by name: position in the directory

  Member open(const std::string& name) const {
    const auto found = entries.find(name);
    if (found == entries.end()) refuse_file(file, "", "has no member " + in_quotes(name));
    const zip_uint64_t entry = found->second;
    Member member{file.string() + ": member " + in_quotes(name), {}, nullptr};
    if (zip_stat_index(zip.get(), entry, 0, &member.facts) != 0)
      refuse_file(member.source, "", zip_strerror(zip.get()));
    check_facts(member.source, member.facts, bytes);
    member.stream.reset(zip_fopen_index(zip.get(), entry, 0));
    if (!member.stream) refuse_file(member.source, "", std::string("can't be opened: ") + zip_strerror(zip.get()));
    return member;
  }
};

Npz::Npz(const std::filesystem::path& file) : archive_(std::make_unique<Archive>()) {
  archive_->file = file;
  archive_->bytes = file_bytes(file);
  int code = 0;
  archive_->zip.reset(zip_open(file.c_str(), ZIP_RDONLY, &code));
  if (!archive_->zip) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    refuse_file(file, "", "is no zip archive of arrays: " + reason);
  }
  const zip_int64_t entries = zip_get_num_entries(archive_->zip.get(), 0);
  for (zip_uint64_t entry = 0; entry < static_cast<zip_uint64_t>(entries); ++entry) {
    const char* raw = zip_get_name(archive_->zip.get(), entry, ZIP_FL_ENC_RAW);
    const std::string_view name = raw == nullptr ? "" : raw;
    if (!name.ends_with(suffix)) continue;
    archive_->names.emplace_back(name.substr(0, name.size() - suffix.size()));
    archive_->entries.emplace(archive_->names.back(), entry);  // of two with one name the first
  }
}

Npz::Npz(Npz&&) noexcept = default;
Npz& Npz::operator=(Npz&&) noexcept = default;
Npz::~Npz() = default;

const std::filesystem::path& Npz::file() const { return archive_->file; }
const std::vector<std::string>& Npz::names() const { return archive_->names; }
bool Npz::contains(const std::string& name) const { return archive_->entries.contains(name); }

NpyArray Npz::header(const std::string& name) const { return archive_->open(name).header().array; }

NpyArray Npz::at(const std::string& name) const {
  const Member member = archive_->open(name);
  NpyHeader header = member.header();
  NpyArray& array = header.array;
  if (holds_objects(array)) refuse_file(member.source, "", "holds pickled Python objects, want numbers or texts");
  const std::size_t bytes = static_cast<std::size_t>(array.size()) * header.item_bytes;
  const std::size_t whole = header.header_bytes + bytes;
  if (member.facts.size != whole)
    refuse_file(member.source, "npy header",
                shape_text(array) + " needs " + std::to_string(whole) + " bytes, the archive holds " +
                    std::to_string(member.facts.size));
  if (bytes > std::max(least_unpacked, most_unpacking * archive_->bytes))
    refuse_file(member.source, "npy header",
                shape_text(array) + " needs " + std::to_string(bytes) + " bytes, want at most " +
                    std::to_string(most_unpacking) + " times the size of the archive");
  array.bytes.resize(bytes);
  member.read(array.bytes.data(), bytes);
  member.check_end();
  return std::move(array);
}

}  // namespace mercer
