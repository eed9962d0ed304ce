#include "data/labels/label_column.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "base/counted.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_rows.hpp"
#include "data/files/text_table.hpp"
#include "data/labels/stand_ins.hpp"

namespace mercer {
namespace {

constexpr std::string_view between_labels = ",;| \t", between_names = ";|";
constexpr Index most_labels = 4096;
constexpr Real no_number = std::numeric_limits<Real>::quiet_NaN();

/// Calls visit(item) for every item of a list.
template <class Visit>
void for_each_item(std::string_view text, Visit&& visit, std::string_view marks = between_labels) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(marks), text.size());
    if (end > 0) visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Calls visit(name) for every name of a list.
template <class Visit>
void for_each_name(std::string_view text, Visit&& visit) {
  const auto visit_name = [&](std::string_view item) {
    if (const std::string_view name = trimmed(item); !name.empty()) visit(name);
  };
  for_each_item(text, visit_name, between_names);
}

/// Two whole numbers or more, between commas, semicolons, bars or blanks.
bool is_list(std::string_view text) {
  if (text.find_first_of(between_labels) == std::string_view::npos) return false;
  std::size_t items = 0;
  bool whole = true;
  for_each_item(text, [&](std::string_view item) {
    whole = whole && whole_number(item).has_value();
    ++items;
  });
  return whole && items > 1;
}

/// The number of 0,5 or -1,5e3: digits on both sides of one comma.
std::optional<double> with_decimal_comma(std::string_view text) {
  const std::size_t comma = text.find(',');
  const auto is_digit = [&](std::size_t n) { return n < text.size() && text[n] >= '0' && text[n] <= '9'; };
  if (comma == std::string_view::npos || comma == 0 || !is_digit(comma - 1) || !is_digit(comma + 1)) return {};
  if (text.find('.') != std::string_view::npos) return {};
  std::string copy(text);
  copy[comma] = '.';
  return real_number(copy);
}

/// Does nothing else than a decimal comma fit the text? A label has no leading zero, and −1 stands alone.
bool is_surely_decimal(std::string_view text) {
  const std::size_t behind = text.find(',') + 1;
  return !is_list(text) || text[0] == '-' || (text[behind] == '0' && behind + 1 < text.size());
}

bool exceeds_range(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc::result_out_of_range && end == text.data() + text.size();
}

/// Says how many examples have no label where a word says so.
void note_missing(const LabelColumn& column, LabelReading& read) {
  std::map<std::string_view, Index> count;
  for (const std::string_view text : column.texts)
    if (column.is_none(text) && !text.empty()) ++count[text];
  for (const auto& [text, times] : count)
    column.note_none(text, times, read);
}

void require_not_too_many(const LabelColumn& column, const LabelReading& read) {
  if (std::ssize(read.class_names) > most_labels)
    refuse_file(
        column.file, "",
        "got " + std::to_string(read.class_names.size()) + " labels, want at most " + std::to_string(most_labels));
}

}  // namespace

std::optional<std::int64_t> as_integer(std::string_view text) {
  if (const auto whole = whole_number(text)) return whole;
  const auto value = real_number(text);
  if (!value || !(std::abs(*value) < 1e15) || *value != std::trunc(*value)) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

bool is_long_id(std::string_view text) {
  constexpr std::size_t digits = 18;  // more than those of int64
  return text.size() > digits && text.find_first_not_of("0123456789") == std::string_view::npos;
}

void refuse_unprintable_label(const std::filesystem::path& source, std::string_view name) {
  refuse_file(source, "",
              "the label " + in_quotes(name) + " is no printable UTF-8: save the file with the encoding UTF-8");
}

std::optional<std::vector<std::string_view>> texts_of_bytes(const LabelColumn& column) {
  std::vector<std::string_view> inside;
  bool any = false;
  for (const std::string_view text : column.texts) {
    const bool marked =
        text.size() >= 3 && text[0] == 'b' && (text[1] == '\'' || text[1] == '"') && text.back() == text[1];
    if (!marked && !column.is_none(text)) return std::nullopt;
    inside.push_back(marked ? text.substr(2, text.size() - 3) : text);
    any = any || marked;
  }
  return any ? std::optional(std::move(inside)) : std::nullopt;
}

namespace {

/// [0, 2], ['cat'], [1] or [], but not [cat].
bool is_python_list(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
  const std::string_view inside = text.substr(1, text.size() - 2);
  return inside.find_first_of(",'\"") != std::string_view::npos ||
         inside.find_first_not_of("0123456789 ") == std::string_view::npos;
}

}  // namespace

void refuse_python_lists(const LabelColumn& column) {
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < column.texts.size(); ++i) {
    const std::string_view text = column.texts[i];
    if (column.is_none(text)) continue;
    if (!is_python_list(text)) return;
    first = first.value_or(i);
  }
  if (first)
    column.refuse(*first, "got " + in_quotes(column.texts[*first]) +
                              ", a list as Python writes it, want labels with semicolons between them: 0;2");
}

bool LabelColumn::is_none(std::string_view text) const {
  if (dash_is_class && is_dash(text)) return false;
  return is_missing(text) || (std::string_view(example) == "node" && says_no_label(text));
}

void LabelColumn::note_none(std::string_view text, Index count, LabelReading& read) const {
  const bool word = is_none(text) && !is_missing(text);
  read.notes.push_back(files_with(text) + ": " + in_quotes(text) + " is taken as no label (" + counted(count, example) +
                       ")" + (word ? ": where it is a class, it wants another name" : ""));
  read.noted_unlabelled = std::max(read.noted_unlabelled, count);
}

std::string LabelColumn::files_with(std::string_view text) const {
  const auto begin = std::min(second_begins, texts.size());
  const bool in_first =
      std::ranges::find(texts.first(begin), text) != texts.begin() + static_cast<std::ptrdiff_t>(begin);
  const std::string name = file.filename().string(), other = second.filename().string();
  if (std::ranges::find(texts.subspan(begin), text) == texts.end()) return name;
  return in_first ? name + ", " + other : other;
}

std::string LabelColumn::place(std::size_t i) const {
  return i < lines.size() && lines[i] > 0 ? "line " + std::to_string(lines[i])
                                          : std::string(example) + " " + std::to_string(i);
}

void LabelColumn::refuse(std::size_t i, const std::string& what) const { refuse_file(file, place(i), what); }

namespace {

/// Among numbers with decimal commas: is it another than a whole one as 1.0?
bool may_be_pointed_thousands(std::string_view text) {
  if (text.find('.') == std::string_view::npos || !real_number(text)) return false;
  return may_have_thousands(text, '.') || !as_integer(text);
}

}  // namespace

Commas commas_in(const LabelColumn& column) {
  std::optional<std::size_t> list, decimal, either, thousands;
  bool may_part = column.commas_may_part && !column.decimal_commas;  // all of them
  for (std::size_t i = 0; i < column.texts.size(); ++i) {
    const std::string_view text = column.texts[i];
    if (text.find_first_of(",;| \t.") == std::string_view::npos || column.is_none(text)) continue;
    if (has_thousands(text)) column.refuse(i, "got " + in_quotes(text) + no_thousands);
    if (column.decimal_commas && may_be_pointed_thousands(text)) column.refuse(i, no_point(text));
    const bool number = with_decimal_comma(text).has_value();
    if (text.find(',') != std::string_view::npos) thousands = thousands.value_or(i);
    may_part = may_part && (text.find(',') == std::string_view::npos || may_have_thousands(text));
    if (!number && is_list(text)) list = list.value_or(i);
    if (number && is_surely_decimal(text)) decimal = decimal.value_or(i);
    if (number && !is_surely_decimal(text)) either = either.value_or(i);
  }
  if (list && decimal)
    column.refuse(*decimal, "got " + in_quotes(column.texts[*decimal]) +
                                ", a number with a decimal comma, and the list " + in_quotes(column.texts[*list]) +
                                " at " + column.place(*list) + ": want numbers alone or lists of labels alone");
  if (thousands && may_part)
    column.refuse(*thousands, "got " + in_quotes(column.texts[*thousands]) +
                                  ", whose comma may part thousands, want 1234 for 1,234; where it is decimal, write "
                                  "1.234, and where it is between two labels, 1;234");
  if (list) return Commas::lists;
  if (decimal || (either && column.decimal_commas)) return Commas::decimal;
  return either ? Commas::either : Commas::none;
}

bool is_a_number(std::string_view text, Commas commas) {
  return real_number(text) || exceeds_range(text) || (commas != Commas::none && with_decimal_comma(text));
}

LabelReading numbers_in(const LabelColumn& column, Commas commas) {
  LabelReading read{.kind = LabelKind::real, .targets = Tensor(std::ssize(column.texts), 1), .class_names = {"value"}};
  Rounding rounding;
  Index minus_ones = 0;
  const std::string name = column.file.filename().string();
  if (commas == Commas::decimal && column.marks != nullptr) column.marks->refuse_points(column.file);
  for (std::size_t i = 0; i < column.texts.size(); ++i) {
    const std::string_view text = column.texts[i];
    Real& target = read.targets(static_cast<Index>(i), 0) = no_number;
    if (column.is_none(text)) continue;
    if (commas != Commas::none && text.find('.') != std::string_view::npos) column.refuse(i, no_point(text));
    const auto number = commas != Commas::none && !real_number(text) ? with_decimal_comma(text) : real_number(text);
    if (!number && !exceeds_range(text))
      column.refuse(i, "got " + in_quotes(text) + ", want a number, or nan where there is none");
    if (number && std::isnan(*number)) continue;
    if (!finite_real(number)) column.refuse(i, "got " + in_quotes(text) + ", want a finite number of float's range");
    target = rounding.kept(*number, text);
    minus_ones += *number == -1 ? 1 : 0;
  }
  note_missing(column, read);
  if (minus_ones > 0 && column.minus_one == MinusOne::no_label)
    read.notes.push_back(name + ": -1 is a number among real numbers; " + counted(minus_ones, column.example) +
                         has_or_have(minus_ones) + " it: write nan where there is none");
  if (commas != Commas::none && !column.decimal_commas)
    read.notes.push_back(name + ": numbers have decimal commas; 0,5 is read as 0.5");
  rounding.note(name, read.notes);
  return read;
}

LabelReading lists_in(const LabelColumn& column) {
  LabelReading read{.kind = LabelKind::several};
  std::map<std::int64_t, Index> place;  // of each label
  Index minus_ones = 0;
  const auto is_unknown = [&](std::string_view text) {
    return column.is_none(text) || (column.minus_one == MinusOne::no_label && whole_number(text) == -1);
  };
  for (std::size_t i = 0; i < column.texts.size(); ++i) {
    const std::string_view text = column.texts[i];
    minus_ones += whole_number(text) == -1 ? 1 : 0;
    if (is_unknown(text)) continue;
    if (!is_list(text) && !whole_number(text))
      column.refuse(i, "got the label " + in_quotes(text) + " among lists of numbers, want one of them");
    for_each_item(text, [&](std::string_view item) {
      if (is_unknown(item))
        column.refuse(i, "got " + in_quotes(text) + ", where -1 stands for no label beside others, want -1 alone");
      place.emplace(*whole_number(item), 0);
    });
  }
  for (auto& [label, c] : place) {
    c = std::ssize(read.class_names);
    read.class_names.push_back(std::to_string(label));
  }
  require_not_too_many(column, read);
  read.targets = Tensor(std::ssize(column.texts), std::ssize(read.class_names));
  for (Index i = 0; i < read.targets.rows(); ++i) {
    const std::string_view text = column.texts[static_cast<std::size_t>(i)];
    if (is_unknown(text))
      std::fill_n(read.targets.row(i), read.targets.columns(), no_number);
    else
      for_each_item(text, [&](std::string_view item) { read.targets(i, place[*whole_number(item)]) = 1; });
  }
  note_missing(column, read);
  if (minus_ones > 0 && column.minus_one == MinusOne::no_label) column.note_none("-1", minus_ones, read);
  return read;
}

std::optional<LabelReading> name_lists_in(const LabelColumn& column) {
  const auto is_name_list = [](std::string_view text) {
    std::size_t names = 0;
    for_each_name(text, [&](std::string_view) { ++names; });
    return names > 1;
  };
  if (std::ranges::none_of(column.texts, is_name_list)) return std::nullopt;
  LabelReading read{.kind = LabelKind::several};
  std::map<std::string_view, Index> place;  // of each name
  for (const std::string_view text : column.texts)
    if (!column.is_none(text)) for_each_name(text, [&](std::string_view name) { place.emplace(name, 0); });
  for (auto& [name, c] : place) {
    c = std::ssize(read.class_names);
    read.class_names.emplace_back(name);
  }
  if (std::ssize(read.class_names) > most_labels) return std::nullopt;
  read.targets = Tensor(std::ssize(column.texts), std::ssize(read.class_names));
  for (Index i = 0; i < read.targets.rows(); ++i) {
    const std::string_view text = column.texts[static_cast<std::size_t>(i)];
    if (column.is_none(text))
      std::fill_n(read.targets.row(i), read.targets.columns(), no_number);
    else
      for_each_name(text, [&](std::string_view name) { read.targets(i, place[name]) = 1; });
  }
  note_missing(column, read);
  return read;
}

}  // namespace mercer
