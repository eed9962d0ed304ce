#include "data/rounding.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "data/files/text_table.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {

void DifferentNumbers::add(double number) {
  if (sizeof(Real) == sizeof(double) || numbers_.size() >= most || !std::isfinite(number)) return;
  constexpr double noise = 1e-12;
  const auto is_same = [&](double other) {
    return std::abs(other - number) <= noise * std::max(std::abs(other), std::abs(number));
  };
  const auto above = std::ranges::lower_bound(numbers_, number);
  if (above != numbers_.end() && is_same(*above)) return;
  if (above != numbers_.begin() && is_same(above[-1])) return;
  numbers_.insert(above, number);
}

void DifferentNumbers::add(const DifferentNumbers& later) {
  for (const double number : later.numbers_)
    add(number);
}

void DifferentNumbers::note(const std::string& source, std::vector<std::string>& notes) const {
  std::size_t lost = 0, first = 0;
  for (std::size_t n = 1; n < numbers_.size(); ++n)
    if (static_cast<Real>(numbers_[n]) == static_cast<Real>(numbers_[n - 1]) && lost++ == 0) first = n;
  if (16 * lost <= numbers_.size()) return;
  char text[128];
  std::snprintf(text, sizeof text, "%.13g and %.13g are both %.9g", numbers_[first - 1], numbers_[first],
                static_cast<double>(static_cast<Real>(numbers_[first])));
  notes.push_back(source + ": numbers are kept in single precision, in which " + std::to_string(numbers_.size()) +
                  " different ones are " + std::to_string(numbers_.size() - lost) + ": " + text +
                  "; take an offset off them, or multiply them by a power of ten");
}

Real Rounding::kept(double number) {
  different_.add(number);
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
  different_.add(later.different_);
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
  if (count_ == 0) return different_.note(source, notes);
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
  const std::size_t width = array.shape.size() == 2 ? static_cast<std::size_t>(array.shape[1]) : 1;
  std::vector<Rounding> rounding(width);
  std::size_t c = 0;
  for (const double number : array.as<double>()) {
    if (std::isfinite(number)) rounding[c].kept(number);
    c = c + 1 < width ? c + 1 : 0;
  }
  constexpr std::size_t most_notes = 4;
  const std::size_t before = notes.size();
  for (c = 0; c < width && notes.size() < before + most_notes; ++c)
    rounding[c].note(array.source + (width > 1 ? ": column " + column_of(c, "") : ""), notes);
  return array.as<Real>();
}

}  // namespace mercer
