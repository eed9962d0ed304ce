#include "data/rounding.hpp"

#include <cmath>
#include <cstdio>

#include "mercer/base/printable.hpp"

namespace mercer {

Real Rounding::kept(double number) {
  const auto real = static_cast<Real>(number);
  if (std::abs(static_cast<double>(real) - number) >= 0.5 && count_++ == 0) first_ = number;
  return real;
}

void Rounding::add(const Rounding& later) {
  if (count_ == 0) first_ = later.first_;
  count_ += later.count_;
}

void Rounding::note(const std::string& source, std::vector<std::string>& notes) const {
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
