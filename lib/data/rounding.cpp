#include "data/rounding.hpp"

#include <cmath>
#include <cstdio>

#include "data/files/text_table.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {

Real Rounding::kept(double number) {
  const auto real = static_cast<Real>(number);
  if (std::abs(static_cast<double>(real) - number) >= 0.5 && count_++ == 0) first_ = number;
  return real;
}

Real Rounding::kept(double number, std::string_view text) {
  if (!may_part_) return kept(number);
  const bool pointed = may_have_thousands(text, '.');
  if (pointed && pointed_.empty()) pointed_ = text;
  const double size = std::abs(number);
  may_part_ = pointed || (size < 1000 && text.find_first_not_of("+-0123456789") == std::string_view::npos);
  has_hundreds_ = has_hundreds_ || (!pointed && size >= 100);
  return kept(number);
}

void Rounding::add(const Rounding& later) {
  if (count_ == 0) first_ = later.first_;
  count_ += later.count_;
  may_part_ = may_part_ && later.may_part_;
  has_hundreds_ = has_hundreds_ || later.has_hundreds_;
  if (pointed_.empty()) pointed_ = later.pointed_;
}

void Rounding::note(const std::string& source, std::vector<std::string>& notes) const {
  if (may_part_ && has_hundreds_ && !pointed_.empty()) {
    std::string whole = pointed_, read = pointed_.substr(0, pointed_.find_last_not_of('0') + 1);
    std::erase(whole, '.');
    if (read.back() == '.') read.pop_back();
    notes.push_back(source + ": " + pointed_ + " is read as " + read + "; where points part thousands, write " + whole);
  }
  if (count_ == 0) return;
  char text[96];
  std::snprintf(text, sizeof text, "%.17g is %.17g", first_, static_cast<double>(static_cast<Real>(first_)));
  notes.push_back(source + ": numbers are kept to 24 binary digits; " + std::to_string(count_) +
                  " change by half a unit or more: " + text + "; take an offset off them to keep the units");
}

std::string column_of(std::size_t c, std::string_view name) {
  return std::to_string(c + 1) + (name.empty() ? "" : " (" + printable(name) + ")");
}

std::vector<Real> reals_of(const NpyArray& array, std::vector<std::string>& notes) {
  const std::string type = array.dtype.substr(1);
  if (type != "f8" && type != "i8" && type != "i4" && type != "u8" && type != "u4") return array.as<Real>();
  Rounding rounding;
  for (const double number : array.as<double>())
    if (std::isfinite(number)) rounding.kept(number);
  rounding.note(array.source, notes);
  return array.as<Real>();
}

}  // namespace mercer
