#include "data/files/npy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include "data/files/read_file.hpp"

namespace mercer {
namespace {

constexpr std::size_t longest_header = std::size_t{1} << 20;
constexpr std::size_t most_dimensions = 32;

[[noreturn]] void refuse(const std::string& source, const std::string& what) {
  refuse_file(source, "npy header", what);
}

/// Reads the one form of Python dictionary that numpy writes: text, True, False, a tuple of integers.
class Dictionary {
 public:
  Dictionary(const std::string& source, std::string_view text) : source_(source), text_(text) {}

  NpyArray parse() {
    want('{');
    while (!next_is('}')) {
      const std::string_view key = string();
      want(':');
      if (key == "descr" && array_.dtype.empty())
        array_.dtype = string();
      else if (key == "fortran_order" && !order_)
        order_ = boolean();
      else if (key == "shape" && !shape_)
        shape_ = tuple();
      else
        refuse(source_, "has the key " + in_quotes(key) + " beside 'descr', 'fortran_order' and 'shape', or twice");
      if (!next_is(',')) {
        want('}');
        break;
      }
    }
    skip_spaces();
    if (at_ != text_.size()) fail("nothing more");
    if (array_.dtype.empty() || !order_ || !shape_)
      refuse(source_, "lacks one of 'descr', 'fortran_order' and 'shape'");
    array_.source = source_;
    array_.shape = std::move(*shape_);
    array_.fortran_order = *order_;
    return std::move(array_);
  }

 private:
  [[noreturn]] void fail(const std::string& wanted) const {
    refuse(source_,
           "character " + std::to_string(at_) + ": got " + in_quotes(text_.substr(at_), 12) + ", want " + wanted);
  }
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n'))
      ++at_;
  }
  bool next_is(char c) {
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void want(char c) {
    if (!next_is(c)) fail("'" + std::string(1, c) + "'");
  }

  std::string_view string() {
    skip_spaces();
    if (at_ == text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) fail("a text in quotes");
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) fail("a closing quote");
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return inside;
  }

  bool boolean() {
    skip_spaces();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}})
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return value;
      }
    fail("True or False");
  }

  std::vector<Index> tuple() {
    std::vector<Index> items;
    want('(');
    while (!next_is(')')) {
      Index value = 0;
      const char* first = text_.data() + at_;
      const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
      if (error != std::errc{} || value < 0) fail("a length from 0 to 2^63 - 1");
      at_ += static_cast<std::size_t>(end - first);
      if (items.size() == most_dimensions) fail("at most " + std::to_string(most_dimensions) + " dimensions");
      items.push_back(value);
      if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2 writes 5L
      if (!next_is(',')) {
        want(')');
        break;
      }
    }
    return items;
  }

  const std::string& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  NpyArray array_;
  std::optional<bool> order_;
  std::optional<std::vector<Index>> shape_;
};

/// "<f4" for ">f4".
std::string in_little_endian(std::string dtype) {
  if (dtype.size() > 2 && dtype[0] == '>') dtype[0] = '<';
  return dtype;
}

/// "<f4" and ">f4" → 4, "<U7" → 28, "|O" → 0.
std::size_t bytes_of_item(const std::string& source, const std::string& given) {
  const std::string dtype = in_little_endian(given);
  static constexpr std::array<std::string_view, 13> known{"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4",
                                                          "<i8", "<u8", "<f2", "<f4", "<f8", "|O"};
  for (const std::string_view name : known)
    if (dtype == name) return name == "|O" ? 0 : static_cast<std::size_t>(name[2] - '0');
  const std::string_view text = dtype;
  if (text.starts_with("<U") || text.starts_with("|S")) {
    std::uint32_t width = 0;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), width);
    if (error == std::errc{} && end == text.data() + text.size() && width > 0 && width <= 0xFFFFFFu)
      return std::size_t{width} * (text[1] == 'U' ? 4 : 1);
  }
  refuse(source, "'descr' is " + in_quotes(given) + ", want b1, i1 … i8, u1 … u8, f2, f4, f8, U or S");
}

/// Throws unless the size of the array fits an Index; also checks the other lengths when one is zero.
void check_shape(const std::string& source, const NpyHeader& header) {
  const auto most = static_cast<std::size_t>(std::numeric_limits<Index>::max());
  std::size_t bytes = std::max<std::size_t>(header.item_bytes, 1);
  for (const Index length : header.array.shape) {
    if (length == 0) continue;
    if (bytes > most / static_cast<std::size_t>(length)) refuse(source, "'shape' claims more than 2^63 bytes");
    bytes *= static_cast<std::size_t>(length);
  }
}

}  // namespace

NpyHeader read_npy_header(const std::string& source, const ReadBytes& read) {
  std::array<unsigned char, 12> start{};  // magic, version, length
  read(start.data(), 10);
  if (std::memcmp(start.data(), "\x93NUMPY", 6) != 0)
    refuse(source,
           "starts with " + in_quotes({reinterpret_cast<const char*>(start.data()), 6}) + ", want '\\x93NUMPY'");
  const int version = start[6];
  if (version < 1 || version > 3 || start[7] != 0)
    refuse(source,
           "has version " + std::to_string(version) + "." + std::to_string(start[7]) + ", want 1.0, 2.0 or 3.0");
  if (version > 1) read(start.data() + 10, 2);
  std::size_t length = 0;
  for (std::size_t byte = version > 1 ? 12 : 10; byte-- > 8;)
    length = length << 8 | start[byte];
  if (length > longest_header)
    refuse(source, "is " + std::to_string(length) + " bytes long, want at most " + std::to_string(longest_header));

  std::string text;
  for (std::size_t got = 0; got < length; got = text.size()) {  // in pieces: `length` is not yet trusted
    text.resize(std::min<std::size_t>(length, got + 4096));
    read(text.data() + got, text.size() - got);
  }
  NpyHeader header{Dictionary(source, text).parse(), (version > 1 ? 12u : 10u) + length, 0};
  const std::string given = header.array.dtype;
  header.item_bytes = bytes_of_item(source, given);
  header.array.dtype = in_little_endian(given);
  header.big_endian = header.array.dtype != given;
  check_shape(source, header);
  return header;
}

void swap_bytes(NpyArray& array) {
  const auto width = array.dtype[1] == 'U' ? std::size_t{4} : static_cast<std::size_t>(array.dtype[2] - '0');
  for (std::size_t first = 0; first + width <= array.bytes.size(); first += width)
    std::reverse(array.bytes.begin() + static_cast<std::ptrdiff_t>(first),
                 array.bytes.begin() + static_cast<std::ptrdiff_t>(first + width));
}

bool holds_objects(const NpyArray& array) { return array.dtype == "|O"; }
bool holds_texts(const NpyArray& array) { return array.dtype.starts_with("<U") || array.dtype.starts_with("|S"); }

}  // namespace mercer
