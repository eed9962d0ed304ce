#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "mercer/base/types.hpp"

namespace mercer {

/// The decimal marks of a table's values. Where some numbers have commas, points in others may part thousands.
class DecimalMarks {
 public:
  void add(std::string_view number, Index line);
  void add(const DecimalMarks& later);  // what came after, in the order of the file

  /// Throws FileError at the first number with a point, if there is one.
  void refuse_points(const std::filesystem::path& file) const;
  /// The same where other numbers have commas.
  void refuse_both(const std::filesystem::path& file) const {
    if (has_commas_) refuse_points(file);
  }

 private:
  bool has_commas_ = false;
  Index line_ = 0;  // of the first number with a point
  std::string pointed_;
};

/// What is wrong with a number that has a point among numbers with decimal commas: "got '1.250' among …".
std::string no_point(std::string_view number);

}  // namespace mercer
