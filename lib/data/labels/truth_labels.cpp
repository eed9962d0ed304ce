#include "data/labels/truth_labels.hpp"

#include "data/files/text_table.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {

std::optional<std::vector<std::string_view>> truths_as_numbers(const LabelColumn& column) {
  std::vector<std::string_view> texts(column.texts.begin(), column.texts.end());
  std::optional<std::size_t> truth, bit, other;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (column.is_none(texts[i]) || as_integer(texts[i]) == -1) continue;
    const std::optional<bool> value = truth_value(texts[i]);
    const auto integer = as_integer(texts[i]);
    std::optional<std::size_t>& kind = value ? truth : integer == 0 || integer == 1 ? bit : other;
    kind = kind.value_or(i);
    if (value) texts[i] = *value ? "1" : "0";
  }
  if (!truth || !bit) return std::nullopt;
  if (other)
    column.refuse(*truth, "got " + in_quotes(column.texts[*truth]) + " beside " + in_quotes(column.texts[*bit]) + " (" +
                              column.place(*bit) + ") and " + in_quotes(column.texts[*other]) + " (" +
                              column.place(*other) + "), want 1 for True and 0 for False, or names of their own");
  return texts;
}

}  // namespace mercer
