#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mercer/base/types.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// Different numbers of a column, some hundred at most; such as differ by rounding in double are one.
class DifferentNumbers {
 public:
  void add(double number);
  void add(const DifferentNumbers& later);
  /// Says so where Real tells fewer than 15 of 16 apart.
  void note(const std::string& source, std::vector<std::string>& notes) const;

 private:
  static constexpr std::size_t most = 256;
  std::vector<double> numbers_;  // ascending
};

/// Numbers of a column kept as Real, and how many of them lose half a unit or more. Of those in text, whether their
/// points may part thousands: all are whole ones, below 1000, or have three digits behind a point, both are there, and
/// none says otherwise.
class Rounding {
 public:
  Real kept(double number);
  Real kept(double number, std::string_view text);
  void add(const Rounding& later);  // what came after, in the order of the file
  /// Says so, if there are any, or different numbers become one, with a way out; SOURCE names the file, and the column
  /// where there are several.
  void note(const std::string& source, std::vector<std::string>& notes) const;

 private:
  Index count_ = 0;
  double first_ = 0;
  DifferentNumbers different_;
  bool may_part_ = true, has_hundreds_ = false;
  std::string pointed_;  // the first number with a point
};

/// A column, c from 0, for messages: its number, and its name in brackets where it has one.
std::string column_of(std::size_t c, std::string_view name);

/// The numbers of an array as Real, with a note where they lose digits.
std::vector<Real> reals_of(const NpyArray& array, std::vector<std::string>& notes);

}  // namespace mercer
