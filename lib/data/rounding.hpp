#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mercer/base/types.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// Numbers kept as Real, and how many of them lose half a unit or more.
class Rounding {
 public:
  Real kept(double number);
  void add(const Rounding& later);  // what came after, in the order of the file
  /// Says so, if there are any, with a way out; SOURCE names the file, and the column where there are several.
  void note(const std::string& source, std::vector<std::string>& notes) const;

 private:
  Index count_ = 0;
  double first_ = 0;
};

/// A column, c from 0, for messages: its number, and its name in brackets where it has one.
std::string column_of(std::size_t c, std::string_view name);

/// The numbers of an array as Real, with a note where they lose digits.
std::vector<Real> reals_of(const NpyArray& array, std::vector<std::string>& notes);

}  // namespace mercer
