#include "mercer/data/write_npz.hpp"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "mercer/base/check.hpp"
#include "mercer/base/whole_file.hpp"

namespace mercer {
namespace {

static_assert(std::endian::native == std::endian::little);

/// Little-endian fields, one after the other.
class LittleEndian {
 public:
  template <class T>
  LittleEndian& add(T value) {
    const auto* first = reinterpret_cast<const char*>(&value);
    text_.append(first, sizeof(value));
    return *this;
  }
  LittleEndian& add(const std::string& text) {
    text_ += text;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// The header of a .npy file, version 1.0: its length is a multiple of 64.
std::string npy_header(const NpzMember& member) {
  std::string shape;
  for (const Index extent : member.shape)
    shape += (shape.empty() ? "" : " ") + std::to_string(extent) + ",";
  if (member.shape.size() > 1) shape.pop_back();
  std::string dict = "{'descr': '" + member.dtype + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  constexpr std::size_t before = 10;
  dict += std::string(63 - (before + dict.size()) % 64, ' ') + "\n";
  return LittleEndian()
      .add(std::string("\x93NUMPY\x01\x00", 8))
      .add(static_cast<std::uint16_t>(dict.size()))
      .add(dict)
      .text();
}

std::uint32_t crc_of(std::uint32_t crc, const void* data, std::size_t size) {
  const auto* first = static_cast<const Bytef*>(data);
  for (std::size_t done = 0; done < size;) {
    const auto part = static_cast<uInt>(std::min<std::size_t>(size - done, 1u << 30));
    crc = static_cast<std::uint32_t>(::crc32(crc, first + done, part));
    done += part;
  }
  return crc;
}

struct NpzEntry {
  std::string name;
  std::uint32_t crc;
  std::uint64_t size, place;
};

constexpr std::uint16_t version = 45, zip64_field = 1, day_of_1980 = 0x21;
constexpr std::uint32_t in_zip64 = 0xffffffff;

/// What both headers of a member share: version, flags, method (stored), time, date, checksum, sizes, length of name.
LittleEndian& add_common(LittleEndian& fields, const NpzEntry& member) {
  return fields.add(version)
      .add(std::uint16_t{0x0800})
      .add(std::uint16_t{0})
      .add(std::uint16_t{0})
      .add(day_of_1980)
      .add(member.crc)
      .add(in_zip64)
      .add(in_zip64)
      .add(static_cast<std::uint16_t>(member.name.size()));
}

std::string local_header(const NpzEntry& member) {
  LittleEndian fields;
  fields.add(std::uint32_t{0x04034b50});
  add_common(fields, member).add(std::uint16_t{20}).add(member.name);
  return fields.add(zip64_field).add(std::uint16_t{16}).add(member.size).add(member.size).text();
}

std::string central_header(const NpzEntry& member) {
  LittleEndian fields;
  fields.add(std::uint32_t{0x02014b50}).add(version);
  add_common(fields, member).add(std::uint16_t{28}).add(std::uint16_t{0}).add(std::uint16_t{0}).add(std::uint16_t{0});
  fields.add(std::uint32_t{0}).add(in_zip64).add(member.name);
  return fields.add(zip64_field).add(std::uint16_t{24}).add(member.size).add(member.size).add(member.place).text();
}

std::string end_of(std::uint64_t count, std::uint64_t begin, std::uint64_t size) {
  LittleEndian fields;
  fields.add(std::uint32_t{0x06064b50}).add(std::uint64_t{44}).add(version).add(version);
  fields.add(std::uint32_t{0}).add(std::uint32_t{0}).add(count).add(count).add(size).add(begin);
  fields.add(std::uint32_t{0x07064b50}).add(std::uint32_t{0}).add(begin + size).add(std::uint32_t{1});
  fields.add(std::uint32_t{0x06054b50}).add(std::uint16_t{0}).add(std::uint16_t{0});
  fields.add(std::uint16_t{0xffff}).add(std::uint16_t{0xffff}).add(in_zip64).add(in_zip64).add(std::uint16_t{0});
  return fields.text();
}

void check_size(const NpzMember& member) {
  Index items = 1;
  for (const Index extent : member.shape)
    items *= extent;
  const auto size = static_cast<Index>(member.bytes.size());
  require(items > 0 ? size % items == 0 && size > 0 : size == 0, "write_npz",
          member.name + ": got " + std::to_string(size) + " bytes for " + std::to_string(items) + " items");
}

/// The code points of UTF-8; a byte that is none stands for itself.
std::u32string code_points(const std::string& text) {
  std::u32string points;
  for (std::size_t n = 0; n < text.size();) {
    const auto lead = static_cast<unsigned char>(text[n]);
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    char32_t point = length == 1 ? lead : lead & (0xffu >> (length + 1));
    const std::size_t end = std::min(n + length, text.size());
    for (++n; n < end; ++n)
      point = point << 6 | (static_cast<unsigned char>(text[n]) & 0x3fu);
    points.push_back(point);
  }
  return points;
}

template <class T>
constexpr const char* dtype_of = "<f4";
template <>
constexpr const char* dtype_of<double> = "<f8";
template <>
constexpr const char* dtype_of<std::int32_t> = "<i4";
template <>
constexpr const char* dtype_of<std::int64_t> = "<i8";
template <>
constexpr const char* dtype_of<std::uint8_t> = "|b1";

std::vector<std::byte> copied_bytes(const void* data, std::size_t size) {
  std::vector<std::byte> bytes(size);
  if (size > 0) std::memcpy(bytes.data(), data, size);
  return bytes;
}

}  // namespace

template <class T>
NpzMember npz_member(std::string name, std::span<const T> values, std::vector<Index> shape) {
  return {std::move(name), dtype_of<T>, std::move(shape), copied_bytes(values.data(), values.size_bytes())};
}
template NpzMember npz_member(std::string, std::span<const float>, std::vector<Index>);
template NpzMember npz_member(std::string, std::span<const double>, std::vector<Index>);
template NpzMember npz_member(std::string, std::span<const std::int32_t>, std::vector<Index>);
template NpzMember npz_member(std::string, std::span<const std::int64_t>, std::vector<Index>);
template NpzMember npz_member(std::string, std::span<const std::uint8_t>, std::vector<Index>);

NpzMember npz_texts(std::string name, const std::vector<std::string>& texts) {
  std::vector<std::u32string> all;
  std::size_t width = 1;
  for (const std::string& text : texts) {
    all.push_back(code_points(text));
    width = std::max(width, all.back().size());
  }
  std::u32string cells(width * all.size(), U'\0');
  for (std::size_t n = 0; n < all.size(); ++n)
    std::ranges::copy(all[n], cells.begin() + static_cast<std::ptrdiff_t>(n * width));
  return {
      std::move(name), "<U" + std::to_string(width), {std::ssize(texts)}, copied_bytes(cells.data(), 4 * cells.size())};
}

void write_npz(const std::filesystem::path& file, const std::vector<NpzMember>& members) {
  for (const NpzMember& member : members)
    check_size(member);
  write_whole(file, [&](const Write& write) {
    std::uint64_t place = 0;
    const auto put = [&](std::span<const std::byte> bytes) {
      write(bytes);
      place += bytes.size();
    };
    const auto put_text = [&](const std::string& text) { put(std::as_bytes(std::span(text))); };
    std::string directory;
    for (const NpzMember& member : members) {
      const std::string header = npy_header(member);
      const std::uint32_t crc =
          crc_of(crc_of(0, header.data(), header.size()), member.bytes.data(), member.bytes.size());
      const NpzEntry placed{member.name + ".npy", crc, header.size() + member.bytes.size(), place};
      put_text(local_header(placed));
      put_text(header);
      put(member.bytes);
      directory += central_header(placed);
    }
    const std::uint64_t begin = place;
    put_text(directory);
    put_text(end_of(members.size(), begin, directory.size()));
  });
}

}  // namespace mercer
