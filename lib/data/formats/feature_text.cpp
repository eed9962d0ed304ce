#include "data/formats/feature_text.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"

namespace mercer {
namespace {

using Fields = std::vector<std::string_view>;

/// Reads `INDEX:VALUE`; returns the index as written in the file.
Index read_entry(const TextFile& file, Index n, std::string_view field, Index last, SparseRows& rows) {
  const std::size_t colon = field.find(':');
  const auto index = whole_number(field.substr(0, colon));
  if (colon == std::string_view::npos || !index) file.refuse(n, "got " + in_quotes(field) + ", want INDEX:VALUE");
  if (*index < 0 || *index > SparseRows::most_columns)
    file.refuse(n, "feature " + std::to_string(*index) + " is out of range, want 0 … " +
                       std::to_string(SparseRows::most_columns));
  if (*index <= last)
    file.refuse(n, "feature " + std::to_string(*index) + " follows " + std::to_string(last) + ", want rising ones");
  rows.add(*index, feature_value(file, n, *index, field.substr(colon + 1)));
  return *index;
}

bool is_header(const Fields& fields) {
  return std::ranges::none_of(fields, [](std::string_view text) { return text.empty() || real_number(text); });
}

}  // namespace

FeatureText read_svmlight(const TextFile& file) {
  SparseRows rows;
  Fields fields, labels;
  Index largest = -1, smallest = std::numeric_limits<Index>::max();
  for (Index n = 0; n < file.lines(); ++n) {
    if (is_comment(file.line(n))) continue;
    cut_at_blanks(file.line(n).substr(0, file.line(n).find('#')), fields);
    std::size_t first = 0;
    if (!fields.empty() && fields[0].find(':') == std::string_view::npos) labels.push_back(fields[first++]);
    Index last = -1;
    for (std::size_t f = first; f < fields.size(); ++f) {
      last = read_entry(file, n, fields[f], last, rows);
      smallest = std::min(smallest, last);
      largest = std::max(largest, last);
    }
    rows.end_row();
  }
  const bool from_one = largest >= 0 && smallest > 0;
  if (const auto nodes = static_cast<std::size_t>(rows.rows()); !labels.empty() && labels.size() != nodes)
    refuse_file(
        file.path(), "",
        std::to_string(labels.size()) + " of " + std::to_string(nodes) + " lines have a label, want all or none");
  return {rows.take(largest + (from_one ? 0 : 1), from_one ? 1 : 0), std::move(labels), {}, from_one ? 1 : 0};
}

FeatureText read_csv(TextFile& file) {
  SparseRows rows;
  Fields fields;
  file.drop_empty_end(0);
  std::size_t width = 0;
  std::vector<std::string> names;
  for (Index n = 0; n < file.lines(); ++n) {
    cut_fields(file.line(n), fields);
    if (n == 0) {
      width = fields.size();
      if (is_header(fields)) {
        names.assign(fields.begin(), fields.end());
        continue;
      }
    }
    if (fields.size() != width)
      file.refuse(n,
                  "got " + std::to_string(fields.size()) + " fields, want " + std::to_string(width) + " as in line 1");
    for (std::size_t c = 0; c < width; ++c)
      rows.add(static_cast<Index>(c), feature_value(file, n, static_cast<Index>(c) + 1, fields[c]));
    rows.end_row();
  }
  return {rows.take(static_cast<Index>(width)), {}, std::move(names)};
}

}  // namespace mercer
