#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include "data/files/read_file.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {
namespace {

/// Iterates over the items in C order and gives the storage position of each.
class StoredPlaces {
 public:
  explicit StoredPlaces(const NpyArray& array)
      : shape_(array.shape), stride_(shape_.size()), index_(shape_.size()), straight_(!array.fortran_order) {
    std::size_t step = 1;
    for (std::size_t d = 0; d < shape_.size(); ++d) {
      stride_[d] = step;
      step *= static_cast<std::size_t>(shape_[d]);
    }
    straight_ = straight_ || shape_.size() < 2;
  }

  std::size_t next() {
    const std::size_t place = place_;
    if (straight_)
      ++place_;
    else
      advance();
    return place;
  }

 private:
  void advance() {
    for (std::size_t d = shape_.size(); d-- > 0;) {
      place_ += stride_[d];
      if (++index_[d] < shape_[d]) return;
      place_ -= stride_[d] * static_cast<std::size_t>(shape_[d]);
      index_[d] = 0;
    }
  }

  const std::vector<Index>& shape_;
  std::vector<std::size_t> stride_;
  std::vector<Index> index_;
  bool straight_;
  std::size_t place_ = 0;
};

/// The number of items; throws unless their bytes are complete.
std::size_t items(const NpyArray& array, std::size_t item_bytes) {
  const auto count = static_cast<std::size_t>(array.size());
  if (array.bytes.size() != count * item_bytes)
    refuse_file(
        array.source, "",
        "has " + std::to_string(array.bytes.size()) + " bytes, its shape wants " + std::to_string(count * item_bytes));
  return count;
}

template <class To, class From>
bool fits(From x) {
  if constexpr (std::is_same_v<To, bool>) {
    return x == From{0} || x == From{1};
  } else if constexpr (std::is_integral_v<From> && std::is_integral_v<To>) {
    return std::in_range<To>(x);
  } else if constexpr (std::is_integral_v<To>) {
    const double beyond = std::ldexp(1.0, std::numeric_limits<To>::digits);
    const double low = std::is_signed_v<To> ? -beyond : 0.0;
    return x >= low && x < beyond && std::trunc(x) == x;
  } else if constexpr (std::is_floating_point_v<From>) {
    return !std::isfinite(x) || std::fabs(x) <= std::numeric_limits<To>::max();
  } else {
    return true;
  }
}

template <class To, class From>
std::vector<To> converted(const NpyArray& array) {
  std::vector<To> out(items(array, sizeof(From)));
  StoredPlaces places(array);
  for (std::size_t i = 0; i < out.size(); ++i) {
    From x;
    std::memcpy(&x, array.bytes.data() + places.next() * sizeof(From), sizeof(From));
    if (!fits<To>(x))
      refuse_file(array.source, "item " + std::to_string(i),
                  "the value " + std::to_string(x) + " doesn't fit the type wanted");
    out[i] = static_cast<To>(x);
  }
  return out;
}

/// An IEEE number of 16 bits.
double half_value(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const double fraction = bits & 1023, sign = (bits >> 15) != 0 ? -1 : 1;
  if (exponent == 31)
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25));
}

/// Halves as doubles, which are then converted.
NpyArray widened(const NpyArray& array) {
  NpyArray wide{.source = array.source,
                .dtype = "<f8",
                .shape = array.shape,
                .fortran_order = array.fortran_order,
                .bytes = std::vector<std::byte>(items(array, 2) * sizeof(double))};
  for (std::size_t i = 0; i < wide.bytes.size() / sizeof(double); ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, array.bytes.data() + 2 * i, 2);
    const double value = half_value(bits);
    std::memcpy(wide.bytes.data() + sizeof(double) * i, &value, sizeof(double));
  }
  return wide;
}

template <class To>
std::vector<To> from_booleans(const NpyArray& array) {
  std::vector<To> out(static_cast<std::size_t>(array.size()));
  StoredPlaces places(array);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<To>(array.bytes[places.next()] != std::byte{0});
  return out;
}

/// One code point of UTF-32 as UTF-8; false when there is no such character.
bool append_utf8(std::string& text, std::uint32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return false;
  const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
  return true;
}

/// The characters of one "<U" item up to its padding of zeros.
bool decode_utf32(std::string& text, const std::byte* item, std::size_t bytes) {
  const auto character = [&](std::size_t byte) {
    std::uint32_t c;
    std::memcpy(&c, item + byte, 4);
    return c;
  };
  while (bytes > 0 && character(bytes - 4) == 0)
    bytes -= 4;
  for (std::size_t byte = 0; byte < bytes; byte += 4)
    if (!append_utf8(text, character(byte))) return false;
  return true;
}

}  // namespace

Index NpyArray::size() const {
  Index product = 1;
  for (const Index length : shape)
    if (length == 0) return 0;
  for (const Index length : shape)
    product *= length;
  return product;
}

template <class T>
std::vector<T> NpyArray::as() const {
  if (dtype == "|b1") return from_booleans<T>(*this);
  if (dtype == "|i1") return converted<T, std::int8_t>(*this);
  if (dtype == "|u1") return converted<T, std::uint8_t>(*this);
  if (dtype == "<i2") return converted<T, std::int16_t>(*this);
  if (dtype == "<u2") return converted<T, std::uint16_t>(*this);
  if (dtype == "<i4") return converted<T, std::int32_t>(*this);
  if (dtype == "<u4") return converted<T, std::uint32_t>(*this);
  if (dtype == "<i8") return converted<T, std::int64_t>(*this);
  if (dtype == "<u8") return converted<T, std::uint64_t>(*this);
  if (dtype == "<f2") return widened(*this).as<T>();
  if (dtype == "<f4") return converted<T, float>(*this);
  if (dtype == "<f8") return converted<T, double>(*this);
  refuse_file(source, "", "holds items " + in_quotes(dtype) + ", want numbers");
}

template std::vector<bool> NpyArray::as<bool>() const;
template std::vector<std::uint8_t> NpyArray::as<std::uint8_t>() const;
template std::vector<std::int32_t> NpyArray::as<std::int32_t>() const;
template std::vector<std::int64_t> NpyArray::as<std::int64_t>() const;
template std::vector<float> NpyArray::as<float>() const;
template std::vector<double> NpyArray::as<double>() const;

std::vector<std::string> NpyArray::strings() const {
  const bool wide = dtype.starts_with("<U");
  if (!wide && !dtype.starts_with("|S")) refuse_file(source, "", "holds items " + in_quotes(dtype) + ", want texts");
  const std::size_t count = static_cast<std::size_t>(size());
  const std::size_t width = count == 0 ? 0 : bytes.size() / count;
  if (wide && width % 4 != 0)
    refuse_file(source, "", "has items of " + std::to_string(width) + " bytes, want whole characters");
  std::vector<std::string> texts(items(*this, width));
  StoredPlaces places(*this);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::byte* item = bytes.data() + places.next() * width;
    if (wide) {
      if (!decode_utf32(texts[i], item, width))
        refuse_file(source, "item " + std::to_string(i), "holds no valid Unicode");
    } else {
      texts[i].assign(reinterpret_cast<const char*>(item), width);
      texts[i].erase(texts[i].find_last_not_of('\0') + 1);
    }
  }
  return texts;
}

}  // namespace mercer
