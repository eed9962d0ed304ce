#include "data/files/pickle_bytes.hpp"

#include <bit>

#include "data/files/read_file.hpp"

namespace mercer {

void PickleBytes::fail(const std::string& what) const {
  refuse_file(file_, "byte " + std::to_string(opcode_at_), what);
}

void PickleBytes::check_protocol() {
  const std::string_view start = bytes_.substr(0, 2);
  if (start.size() < 2 || start[0] != static_cast<char>(PROTO) || start[1] < 2 || start[1] > 5)
    fail("starts with " + in_quotes(start) + ", want a pickle of protocol 2 to 5 ('\\x80\\x02' to '\\x80\\x05')");
  take(2);
}

unsigned char PickleBytes::next_opcode() {
  opcode_at_ = at_;
  return static_cast<unsigned char>(take(1)[0]);
}

std::string PickleBytes::opcode_text() const { return in_quotes(bytes_.substr(opcode_at_, 1)); }

std::string_view PickleBytes::take(std::size_t count) {
  if (count > bytes_.size() - at_)
    fail("wants " + std::to_string(count) + " more bytes, the file has " + std::to_string(bytes_.size() - at_));
  at_ += count;
  return bytes_.substr(at_ - count, count);
}

std::uint64_t PickleBytes::integer(std::size_t bytes) {
  std::uint64_t value = 0;
  const std::string_view raw = take(bytes);
  for (std::size_t i = bytes; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(raw[i]);
  return value;
}

std::string_view PickleBytes::line() {
  const std::size_t end = bytes_.find('\n', at_);
  if (end == std::string_view::npos) fail("a name has no end");
  const std::string_view line = bytes_.substr(at_, end - at_);
  at_ = end + 1;
  return line;
}

/// Two's complement of at most 8 bytes.
std::int64_t PickleBytes::long_integer() {
  const auto length = static_cast<std::size_t>(integer(1));
  if (length > 8) fail("an integer has " + std::to_string(length) + " bytes, want at most 8");
  if (length == 0) return 0;
  const auto shift = static_cast<int>(64 - 8 * length);
  return static_cast<std::int64_t>(integer(length) << shift) >> shift;
}

double PickleBytes::big_endian_float() {
  std::uint64_t bits = 0;
  for (const char byte : take(8))
    bits = bits << 8 | static_cast<unsigned char>(byte);
  return std::bit_cast<double>(bits);
}

std::optional<PickleValue> PickleBytes::literal(unsigned char opcode) {
  switch (opcode) {
    case NONE:
      return std::monostate{};
    case NEWTRUE:
      return true;
    case NEWFALSE:
      return false;
    case BININT:
      return std::int64_t{static_cast<std::int32_t>(integer(4))};
    case BININT1:
      return static_cast<std::int64_t>(integer(1));
    case BININT2:
      return static_cast<std::int64_t>(integer(2));
    case LONG1:
      return long_integer();
    case BINFLOAT:
      return big_endian_float();
    case SHORT_BINSTRING:
    case SHORT_BINBYTES:
    case SHORT_BINUNICODE:
      return take(integer(1));
    case BINSTRING:
    case BINBYTES:
    case BINUNICODE:
      return take(integer(4));
    case BINBYTES8:
    case BINUNICODE8:
    case BYTEARRAY8:
      return take(integer(8));
    default:
      return std::nullopt;
  }
}

}  // namespace mercer
