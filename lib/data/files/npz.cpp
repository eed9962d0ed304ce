#include "mercer/data/npz.hpp"

#include <algorithm>
#include <utility>

#include "data/files/npy.hpp"
#include "data/files/read_file.hpp"
#include "data/files/zip_archive.hpp"

namespace mercer {
namespace {

const std::string suffix = ".npy";

NpyHeader header_of(const ZipMember& member) {
  return read_npy_header(member.source, [&](void* to, std::size_t bytes) { member.read(to, bytes); });
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
  ZipArchive zip;
  std::vector<std::string> names{};  // without ".npy"

  ZipMember open(const std::string& name) const { return zip.open(name + suffix, name); }
};

Npz::Npz(const std::filesystem::path& file) : archive_(new Archive{ZipArchive(file, "zip archive of arrays")}) {
  std::vector<std::string>& arrays = archive_->names;
  for (const std::string& name : archive_->zip.names()) {
    if (!name.ends_with(suffix)) continue;
    arrays.push_back(name.substr(0, name.size() - suffix.size()));
    if (std::ranges::count(arrays, arrays.back()) > 1)
      refuse_file(file, in_quotes(arrays.back()), "is there twice, want each array once");
  }
}

Npz::Npz(Npz&&) noexcept = default;
Npz& Npz::operator=(Npz&&) noexcept = default;
Npz::~Npz() = default;

const std::filesystem::path& Npz::file() const& { return archive_->zip.file(); }
const std::vector<std::string>& Npz::names() const& { return archive_->names; }
bool Npz::contains(const std::string& name) const { return archive_->zip.contains(name + suffix); }

NpyArray Npz::header(const std::string& name) const { return header_of(archive_->open(name)).array; }

NpyArray Npz::at(const std::string& name) const {
  const ZipMember member = archive_->open(name);
  NpyHeader header = header_of(member);
  NpyArray& array = header.array;
  if (holds_objects(array)) refuse_file(member.source, "", "holds pickled Python objects, want numbers or texts");
  const std::size_t bytes = static_cast<std::size_t>(array.size()) * header.item_bytes;
  const std::size_t whole = header.header_bytes + bytes;
  if (member.facts.size != whole)
    refuse_file(member.source, "npy header",
                shape_text(array) + " needs " + std::to_string(whole) + " bytes, the archive holds " +
                    std::to_string(member.facts.size));
  archive_->zip.check_unpacked(bytes, member.source, "npy header", shape_text(array));
  array.bytes.resize(bytes);
  member.read(array.bytes.data(), bytes);
  member.check_end();
  if (header.big_endian) swap_bytes(array);
  return std::move(array);
}

}  // namespace mercer
