#include "data/labels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/assemble.hpp"
#include "data/files/npz_members.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_table.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

constexpr std::size_t few_labels = 20;  // so few nodes may each have a class of their own

/// The order of class names: integers first, ascending; then other names by their bytes.
bool stands_before(std::string_view a, std::string_view b) {
  const auto x = whole_number(a), y = whole_number(b);
  if (x && y) return std::pair(*x, a) < std::pair(*y, b);
  return x || y ? x.has_value() : a < b;
}

/// The integer of "1.0" or "-1.000e+00", which other programs write for 1 and −1.
std::optional<std::int64_t> as_integer(std::string_view text) {
  const auto value = real_number(text);
  if (!value || !(std::abs(*value) < 1e15) || *value != std::trunc(*value)) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

[[noreturn]] void refuse_unprintable(const std::string& source, std::string_view name) {
  refuse_file(source, "",
              "the label " + in_quotes(name) + " is no printable UTF-8: save the file with the encoding UTF-8");
}

/// The names of classes as they are given, each with the one that stands for it; empty for no label.
class Classes {
 public:
  Classes(const std::filesystem::path& file, MinusOne minus_one) : file_(file), minus_one_(minus_one) {}

  void add(std::string_view text) {
    auto [found, is_new] = given_.try_emplace(text);
    if (is_new) found->second.name = name_of(text);
    ++found->second.count;
    labelled_ += found->second.name.empty() ? 0 : 1;
  }

  void number() {
    for (const auto& [_, given] : given_)
      if (!given.name.empty()) names.push_back(given.name);
    std::ranges::sort(names, stands_before);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::unordered_map<std::string_view, std::int32_t> number_of;
    for (std::size_t c = 0; c < names.size(); ++c)
      number_of[names[c]] = static_cast<std::int32_t>(c);
    for (auto& [_, given] : given_)
      given.number = given.name.empty() ? -1 : number_of[given.name];
  }

  std::int32_t label(std::string_view text) const { return given_.at(text).number; }

  /// What speaks against classes that hardly any two nodes share; empty when they do.
  std::string doubt() const {
    if (labelled_ <= few_labels || 2 * names.size() <= labelled_) return {};
    return "got " + std::to_string(names.size()) + " classes for " + std::to_string(labelled_) +
           " nodes with a label, such as " + in_quotes(names.front()) + " and " + in_quotes(names.back()) +
           ": want classes that nodes share; where a line holds more than the class, write a header such as id,label";
  }

  /// Says how many nodes have no label where a word says so.
  void note(Dataset& data) const {
    std::vector<std::string> notes;
    for (const auto& [text, given] : given_)
      if (given.name.empty() && !text.empty() && text != "-")
        notes.push_back(file_.filename().string() + ": " + in_quotes(text) + " is no label; " +
                        std::to_string(given.count) + " nodes have it");
    std::ranges::sort(notes);
    for (std::string& note : notes)
      add_label_note(data, std::move(note));
  }

  /// Would real numbers tell more than the classes: −1, or digits that Real has not?
  bool lose_numbers() const {
    return std::ranges::any_of(given_, [](const auto& given) {
      const auto integer = as_integer(given.first);
      return integer && (*integer == -1 || std::abs(*integer) > (std::int64_t{1} << 24));
    });
  }

  std::vector<std::string> names;  // ascending

 private:
  struct Given {
    std::string name;
    std::int32_t number = -1;
    std::size_t count = 0;
  };

  std::string name_of(std::string_view text) const {
    if (is_missing(text)) return {};
    if (printable(text) != text) refuse_unprintable(file_.string(), text);
    const auto integer = as_integer(text);
    if (integer == -1 && minus_one_ == MinusOne::no_label) return {};
    const auto value = real_number(text);
    if (!integer && value && std::isfinite(*value))
      refuse_file(file_, "",
                  "got the label " + in_quotes(text) + ", a real number among names: want names of classes " +
                      "(low, high), or numbers alone");
    return integer && !whole_number(text) ? std::to_string(*integer) : std::string(text);
  }

  const std::filesystem::path& file_;
  MinusOne minus_one_;
  std::unordered_map<std::string_view, Given> given_;
  std::size_t labelled_ = 0;
};

/// Are −1 and 1 the only values, and both there: two classes, as in machine learning with signs?
bool are_signs(const LabelColumn& column) {
  bool has_minus = false, has_plus = false;
  for (const std::string_view text : column.texts) {
    if (is_missing(text)) continue;
    const auto integer = as_integer(text);
    has_minus = has_minus || integer == -1;
    has_plus = has_plus || integer == 1;
    if (integer != -1 && integer != 1) return false;
  }
  return has_minus && has_plus;
}

constexpr const char* signs_note =
    "-1 and 1 are the only labels: they are two classes; where -1 is no label, leave it empty or write nan";

constexpr Index most_targets = 4096;
constexpr const char* real_note = "labels are real numbers: the task is regression, unless --task says otherwise";

/// Takes a reading as the labels.
void set_reading(const std::filesystem::path& file, LabelReading read, Dataset& data) {
  set_targets(file.string(), std::move(read.targets), std::move(read.class_names), data, read.kind);
  for (std::string& note : read.notes)
    add_label_note(data, std::move(note));
}

/// Takes numbers that are taken only where the task asks for them.
void set_doubtful(const LabelColumn& column, Commas commas, const std::string& doubt, Dataset& data) {
  LabelReading numbers = numbers_in(column, commas);
  set_targets(column.file.string(), numbers.targets, numbers.class_names, data);
  drop_label_notes(data);
  data.other_readings.push_back(std::move(numbers));
  data.label_doubt = column.file.string() + ": " + doubt;
  add_label_note(data, doubt);
}

/// Lists, which are no real numbers.
void set_lists(const LabelColumn& column, Dataset& data) {
  set_reading(column.file, lists_in(column), data);
  const auto comma = [](std::string_view text) { return !is_missing(text) && !whole_number(text); };
  const auto first = static_cast<std::size_t>(std::ranges::find_if(column.texts, comma) - column.texts.begin());
  data.other_readings.push_back({.problem = column.file.string() + ": " + column.place(first) + ": got " +
                                            in_quotes(column.texts[first]) +
                                            ", a list of labels, want a number for --task regression"});
}

/// Numbers with decimal commas, or lists of two labels: the task says which.
void set_either(const LabelColumn& column, Dataset& data) {
  const auto comma = [](std::string_view text) { return text.find(',') != std::string_view::npos; };
  const auto first = static_cast<std::size_t>(std::ranges::find_if(column.texts, comma) - column.texts.begin());
  const std::string text(column.texts[first]);
  set_doubtful(column, Commas::either,
               column.place(first) + ": got " + in_quotes(text) +
                   ", which may be a number with a decimal comma or two labels: want --task regression for numbers, or "
                   "--task multi-label for lists of labels",
               data);
  data.other_readings.push_back(lists_in(column));
}

/// Numbers of classes as real ones, where they differ: those below 0 are numbers, too.
void add_numbers(const NpyArray& array, Dataset& data) {
  const std::vector<double> values = array.as<double>();
  const auto below = std::ranges::count_if(values, [](double value) { return value < 0; });
  if (below == 0) return;
  LabelReading read{.targets = Tensor(std::ssize(values), 1), .class_names = {"value"}};
  std::ranges::transform(values, read.targets.data(), [](double value) { return static_cast<Real>(value); });
  read.notes.push_back(array.source + ": numbers below 0 are numbers among real ones; " + std::to_string(below) +
                       " nodes have one: write nan where there is none");
  data.other_readings.push_back(std::move(read));
}

constexpr std::int64_t ignored_label = -100;  // PyTorch's ignore_index

/// Says how many nodes have no label, by the number that stands for it; `missing` of those of −100 were nan.
void note_no_labels(const std::vector<std::int64_t>& labels, Index minus_ones, Index missing, Dataset& data) {
  const auto note = [&](const char* number, Index nodes) {
    if (nodes > 0)
      add_label_note(data, in_quotes(number) + " is no label; " + std::to_string(nodes) + " nodes have it");
  };
  note("-1", minus_ones);
  note("-100", std::ranges::count(labels, ignored_label) - missing);
  note("nan", missing);
}

/// Are −1 and 1 the only labels of an array, and both there? Names of classes, where they are known, count from 0.
bool are_signs(const std::vector<std::int64_t>& labels, const Dataset& data) {
  const auto minus = std::ranges::count(labels, -1), plus = std::ranges::count(labels, 1);
  const auto unknown = std::ranges::count(labels, ignored_label);
  return minus > 0 && plus > 0 && minus + plus + unknown == std::ssize(labels) && data.class_names.empty();
}

/// Says that labels start above 0, whose class is never right.
void note_no_zero(Dataset& data) {
  if (classes_of(data.labels) == 0 || std::ranges::find(data.labels, 0) != data.labels.end()) return;
  add_label_note(data, "no node has the label 0, which counts as a class: labels want to be 0, 1, …");
}

}  // namespace

Index without_minus_ones(Tensor& targets) {
  const auto row_of = [&](Index i) { return std::span(targets.row(i), static_cast<std::size_t>(targets.columns())); };
  const auto is_minus_one = [](Real value) { return value == -1; };
  const auto is_bit = [](Real value) { return std::isnan(value) || value == 0 || value == 1; };
  std::vector<Index> rows;
  for (Index i = 0; i < targets.rows(); ++i)
    if (std::ranges::all_of(row_of(i), is_minus_one))
      rows.push_back(i);
    else if (!std::ranges::all_of(row_of(i), is_bit))
      return 0;
  for (const Index i : rows)
    std::ranges::fill(row_of(i), std::numeric_limits<Real>::quiet_NaN());
  return std::ssize(rows);
}

void set_targets(const std::string& source, Tensor targets, std::vector<std::string> names, Dataset& data,
                 std::optional<LabelKind> asked) {
  if (targets.columns() > most_targets)
    refuse_file(source, "",
                "got " + std::to_string(targets.columns()) + " columns of labels, want at most " +
                    std::to_string(most_targets));
  bool bits = asked != LabelKind::real && (targets.columns() > 1 || asked == LabelKind::several);
  const Index forgotten = bits ? without_minus_ones(targets) : 0;
  data.labels.assign(static_cast<std::size_t>(targets.rows()), -1);
  for (Index i = 0; i < targets.rows(); ++i)
    for (Index c = 0; c < targets.columns(); ++c) {
      const Real value = targets(i, c);
      if (std::isinf(value))
        refuse_file(source, std::string(data.example_in_words()) + " " + std::to_string(i), "the label is infinite");
      if (std::isnan(value)) continue;
      data.labels[static_cast<std::size_t>(i)] = 0;
      bits = bits && (value == 0 || value == 1);
    }
  if (data.has_items() && bits)
    refuse_file(source, "", "got several labels of each sequence, want one class or one number");
  data.label_kind = bits ? LabelKind::several : LabelKind::real;
  if (names.empty())
    names = targets.columns() == 1 ? std::vector<std::string>{"value"} : numbered_classes(targets.columns());
  for (const std::string& name : names)
    if (printable(name) != name) refuse_unprintable(source, name);
  data.class_names = std::move(names);
  data.targets = std::move(targets);
  add_label_note(data, bits ? "a node may have several of " + std::to_string(data.classes()) +
                                  " labels: the task is multi-label, unless --task says otherwise"
                            : real_note);
  if (forgotten > 0)
    add_label_note(data, "rows of -1 among the labels are no labels; " + std::to_string(forgotten) + " nodes have one");
}

namespace {

void set_labels_of(const LabelColumn& column, Dataset& data) {
  const std::span<const std::string_view> texts = column.texts;
  const Commas commas = commas_in(column);
  if (commas == Commas::lists) return set_lists(column, data);
  if (commas == Commas::either) return set_either(column, data);
  const auto is_number = [&](std::string_view text) { return is_missing(text) || is_a_number(text, commas); };
  const bool numbers = std::ranges::all_of(texts, is_number);
  const auto is_broken = [](std::string_view text) { return !is_missing(text) && !as_integer(text); };
  if (commas == Commas::decimal || (numbers && std::ranges::any_of(texts, is_broken)))
    return set_reading(column.file, numbers_in(column, commas), data);
  Classes classes(column.file, column.minus_one);
  for (const std::string_view text : texts)
    classes.add(text);
  classes.number();
  std::optional<LabelReading> lists = data.has_items() ? std::nullopt : name_lists_in(column);
  if (const std::string doubt = classes.doubt(); !doubt.empty()) {
    if (lists) return set_reading(column.file, std::move(*lists), data);
    if (!numbers) refuse_file(column.file, "", doubt);
    return set_doubtful(column, commas, doubt + "; --task regression learns the numbers", data);
  }
  classes.note(data);
  data.labels.clear();
  data.labels.reserve(texts.size());
  for (const std::string_view text : texts)
    data.labels.push_back(classes.label(text));
  if (lists) data.other_readings.push_back(std::move(*lists));
  if (numbers && classes.lose_numbers()) data.other_readings.push_back(numbers_in(column, commas));
  if (!numbers && !data.has_items()) {
    const auto word = static_cast<std::size_t>(std::ranges::find_if_not(texts, is_number) - texts.begin());
    data.other_readings.push_back({.problem = column.file.string() + ": " + column.place(word) + ": got the label " +
                                              in_quotes(texts[word]) + ", want a number for --task regression"});
  }
  data.class_names = std::move(classes.names);
}

}  // namespace

void set_labels(const LabelColumn& column, Dataset& data) {
  if (column.minus_one == MinusOne::a_class || !are_signs(column)) return set_labels_of(column, data);
  LabelColumn signs = column;
  signs.minus_one = MinusOne::a_class;
  set_labels_of(signs, data);
  add_label_note(data, column.file.filename().string() + ": " + signs_note);
}

void set_several_labels(const LabelColumn& column, Dataset& data) {
  set_labels_of(column, data);
  if (data.label_kind == LabelKind::several) return;
  LabelReading read{.kind = LabelKind::several, .targets = {}, .class_names = data.class_names};
  const auto lists = std::ranges::find(data.other_readings, LabelKind::several, &LabelReading::kind);
  const bool lists_are_read = lists != data.other_readings.end();
  if (lists_are_read) {
    read = std::move(*lists);
    data.other_readings.erase(lists);
  } else if (data.label_kind == LabelKind::classes) {
    read.targets = Tensor(std::ssize(data.labels), data.classes());
    for (Index i = 0; i < read.targets.rows(); ++i)
      if (const std::int32_t label = data.labels[static_cast<std::size_t>(i)]; label >= 0)
        read.targets(i, label) = 1;
      else
        std::fill_n(read.targets.row(i), data.classes(), std::numeric_limits<Real>::quiet_NaN());
  } else {
    refuse_file(column.file, "",
                data.label_doubt.empty() ? "got real numbers as labels, want lists of labels for # task: multi-label"
                                         : data.label_doubt.substr(column.file.string().size() + 2));
  }
  if (lists_are_read || !data.label_doubt.empty()) drop_label_notes(data);
  data.label_doubt.clear();
  set_reading(column.file, std::move(read), data);
  data.label_kind = LabelKind::several;
}

void set_labels(const NpyArray& array, Index nodes, Dataset& data, std::optional<LabelKind> asked) {
  const Index columns = array.shape.size() == 2 ? array.shape[1] : 1;
  if (array.shape.empty() || array.shape[0] != nodes || array.shape.size() > 2 || columns < 1)
    refuse_shape(array, "one class for each of the " + std::to_string(nodes) + " nodes, or a row of labels");
  const auto is_broken = [](double value) {
    return !std::isnan(value) && (value != std::floor(value) || std::fabs(value) >= 1e9);
  };
  const bool floats = array.dtype[1] == 'f', targets_alone = asked.has_value() || columns > 1;
  const std::vector<double> values = floats || targets_alone ? array.as<double>() : std::vector<double>();
  if (targets_alone || std::ranges::any_of(values, is_broken)) {
    Tensor targets(nodes, columns);
    Rounding rounding;
    for (Index n = 0; n < targets.size(); ++n)
      targets.data()[n] = rounding.kept(values[static_cast<std::size_t>(n)]);
    set_targets(array.source, std::move(targets), {}, data, asked);
    if (asked && data.label_kind != *asked)
      refuse_file(array.source, "",
                  "has labels that are real numbers, want 0 and 1 alone as the task multi-label says");
    return rounding.note(array.source, data.notes);
  }
  std::vector<std::int64_t> labels;
  if (floats)
    for (const double value : values)
      labels.push_back(std::isnan(value) ? ignored_label : static_cast<std::int64_t>(value));
  else
    labels = array.as<std::int64_t>();
  if (!data.has_items() && std::ranges::any_of(labels, [](std::int64_t label) { return label < 0; }))
    add_numbers(array, data);
  const auto missing = std::ranges::count_if(values, [](double value) { return std::isnan(value); });
  const bool signs = are_signs(labels, data);
  note_no_labels(labels, signs ? 0 : std::ranges::count(labels, -1), missing, data);
  for (std::int64_t& label : labels)
    label = label == ignored_label ? -1 : signs ? std::max<std::int64_t>(label, 0) : label;
  data.labels = checked_labels(array.source, labels);
  data.class_names = signs ? std::vector<std::string>{"-1", "1"} : numbered_classes(classes_of(data.labels));
  if (signs) add_label_note(data, signs_note);
  if (!data.has_items()) note_no_zero(data);
}

}  // namespace mercer
