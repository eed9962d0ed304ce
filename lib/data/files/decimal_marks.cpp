#include "data/files/decimal_marks.hpp"

#include "data/files/read_file.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {

void DecimalMarks::add(std::string_view number, Index line) {
  has_commas_ = has_commas_ || number.find(',') != std::string_view::npos;
  if (line_ > 0 || number.find('.') == std::string_view::npos) return;
  line_ = line;
  pointed_ = number;
}

void DecimalMarks::add(const DecimalMarks& later) {
  has_commas_ = has_commas_ || later.has_commas_;
  if (line_ > 0) return;
  line_ = later.line_;
  pointed_ = later.pointed_;
}

void DecimalMarks::refuse_points(const std::filesystem::path& file) const {
  if (line_ > 0) refuse_file(file, "line " + std::to_string(line_), no_point(pointed_));
}

std::string no_point(std::string_view number) {
  return "got " + in_quotes(number) +
         " among numbers with decimal commas, want one mark in all of them: where points part thousands, write 1250 "
         "for 1.250";
}

}  // namespace mercer
