#include "data/labels/signs.hpp"

#include <algorithm>
#include <cstdint>

#include "data/files/text_table.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

/// Which labels a column has.
struct Signs {
  std::string_view dash{};  // as it is written
  bool plus = false;        // + alone
  bool plus_one = false;    // +1 with its sign
  bool bare_one = false;    // 1 without
  bool minus_one = false, zero = false, others = false;

  void add(std::string_view text) {
    const auto integer = as_integer(text);
    if (is_dash(text)) {
      dash = text;
    } else if (text == "+") {
      plus = true;
    } else if (!integer || *integer < -1 || *integer > 1) {
      others = true;
    } else {
      (*integer == 0 ? zero : *integer < 0 ? minus_one : text[0] == '+' ? plus_one : bare_one) = true;
    }
  }
};

std::string note_of(std::string_view minus, std::string_view plus) {
  return in_quotes(minus) + " is a class beside " + in_quotes(plus) +
         ": where it is no label, leave it empty or write nan";
}

}  // namespace

std::string take_signs(LabelColumn& column) {
  Signs found;
  for (const std::string_view text : column.texts)
    if (!column.is_none(text) || is_dash(text)) found.add(text);
  const bool ones_alone = !found.others && !found.plus && (found.plus_one || found.bare_one);
  const bool plus_ones_alone = ones_alone && !found.bare_one && !found.zero && !found.minus_one;
  const char* const plus = found.plus ? "+" : "+1";
  std::string note;
  if (!found.dash.empty() && (found.plus || plus_ones_alone)) {
    column.dash_is_class = true;
    note = note_of(found.dash, plus);
  }
  if (column.minus_one == MinusOne::a_class || !found.minus_one) return note;
  if (!found.plus && !(ones_alone && (found.plus_one || !found.zero))) return note;
  column.minus_one = MinusOne::a_class;
  return found.plus || found.zero ? note_of("-1", plus) : signs_note;
}

LabelColumn column_of_classes(const Dataset& data, std::vector<std::string_view>& names) {
  std::vector<bool> occurs(data.class_names.size(), false);
  for (const std::int32_t label : data.labels)
    if (label >= 0) occurs[static_cast<std::size_t>(label)] = true;
  for (std::size_t c = 0; c < occurs.size(); ++c)
    if (occurs[c]) names.push_back(data.class_names[c]);
  LabelColumn column{.texts = names, .example = data.example_in_words()};
  take_signs(column);
  return column;
}

}  // namespace mercer
