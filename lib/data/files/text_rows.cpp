#include "data/files/text_rows.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "data/assemble.hpp"
#include "data/files/read_file.hpp"

namespace mercer {

void SparseRows::add(Index column, Real value) {
  if (value == 0) return;
  column_.push_back(static_cast<Node>(column));
  value_.push_back(value);
}

Features SparseRows::take(Index columns, Index first) {
  for (Node& c : column_)
    c -= static_cast<Node>(first);
  const Index rows = this->rows();
  SparseMatrix sparse(rows, columns, std::move(offset_), std::move(column_), std::move(value_));
  *this = {};
  return in_fitting_form(std::move(sparse));
}

std::optional<Real> finite_real(std::optional<double> value) {
  if (!value || !(std::abs(*value) <= static_cast<double>(std::numeric_limits<Real>::max()))) return std::nullopt;
  return static_cast<Real>(*value);
}

Real feature_value(TextTable& table, std::size_t c, std::string_view name, std::string_view text, Rounding* rounding) {
  const auto number = table.value(text);
  if (const auto value = finite_real(number)) return rounding != nullptr ? rounding->kept(*number, text) : *value;
  if (const auto truth = truth_value(text)) return *truth ? Real{1} : Real{0};
  if (has_thousands(text)) table.refuse(c, name, "got " + in_quotes(text) + no_thousands);
  if (is_marked_number(text)) table.refuse(c, name, "got " + in_quotes(text) + no_marks);
  if (is_list_of_numbers(text)) table.refuse(c, name, "got " + in_quotes(text) + no_lists);
  const bool comma = text.find(',') != std::string_view::npos;
  const bool missing = is_missing(text) || (number && std::isnan(*number));
  table.refuse(c, name,
               "got " + in_quotes(text) + ", want a finite number" +
                   (missing ? ": write a value for what is missing (0, or the mean of the column)"
                    : comma ? ": write it with a point, and without marks between thousands"
                            : ""));
}

}  // namespace mercer
