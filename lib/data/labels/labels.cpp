#include "data/labels/labels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/files/read_file.hpp"
#include "data/files/text_table.hpp"
#include "data/labels/alike_names.hpp"
#include "data/labels/signs.hpp"
#include "data/labels/stand_ins.hpp"
#include "data/labels/targets.hpp"
#include "data/labels/truth_labels.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

constexpr std::size_t few_labels = 20;  // so few examples may each have a class of their own

/// The order of class names: integers first, ascending; then other names by their bytes.
bool stands_before(std::string_view a, std::string_view b) {
  const auto x = whole_number(a), y = whole_number(b);
  if (x && y) return std::pair(*x, a) < std::pair(*y, b);
  return x || y ? x.has_value() : a < b;
}

/// The names of classes as they are given, each with the one that stands for it; empty for no label.
class Classes {
 public:
  explicit Classes(const LabelColumn& column) : column_(column) {}

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

  /// What speaks against classes that hardly any two examples share; empty when they do.
  std::string doubt() const {
    const bool few = labelled_ <= few_labels && !begin_with_ids();
    if (few || 2 * names.size() <= labelled_) return {};
    return "got " + std::to_string(names.size()) + " classes for " + std::to_string(labelled_) + column_.examples() +
           " with a label, such as " + in_quotes(names.front()) + " and " + in_quotes(names.back()) +
           ": want classes that" + column_.examples() + " share" +
           (column_.lines.empty() ? "" : "; where a line holds more than the class, write a header such as id,label") +
           (marked().empty() ? "" : "; for numbers, write " + in_quotes(marked()) + " plain, without a mark");
  }

  /// Says how many examples have no label where a word says so.
  void note(Dataset& data) const {
    LabelReading said;
    std::vector<std::string>& notes = said.notes;
    for (const auto& [text, given] : given_)
      if (given.name.empty() && !text.empty())
        column_.note_none(text, static_cast<Index>(given.count), said);
      else if (may_say_no_label(text) || says_no_label(text))
        notes.push_back(column_.files_with(text) + ": the class " +
                        doubt_of_stand_in(in_quotes(text), static_cast<Index>(given.count), column_.example));
    std::ranges::sort(notes);
    add_doubt_of_number(notes);
    for (const std::string& alike : alike_names(names))
      notes.push_back(column_.file.filename().string() + ": the classes " + alike +
                      " are different ones, though they differ in case, blanks, leading zeros, characters that aren't "
                      "seen or form of "
                      "Unicode alone: write them alike where they are one");
    add_doubts_of_marks(notes);
    if (!marked().empty())
      notes.push_back(column_.file.filename().string() + ": numbers with a mark, such as " + in_quotes(marked()) +
                      ", are read as names of classes: where they are numbers, write them plain");
    add_note_of_exponents(notes);
    add_label_notes(data, said);
  }

  /// Would real numbers tell more than the classes: −1, or digits that Real has not?
  bool lose_numbers() const {
    return std::ranges::any_of(given_, [](const auto& given) {
      const auto integer = as_integer(given.first);
      constexpr std::int64_t most = std::int64_t{1} << 24;
      return (integer && (*integer == -1 || *integer > most || *integer < -most)) || is_long_id(given.first);
    });
  }

  std::vector<std::string> names;  // ascending

 private:
  struct Given {
    std::string name;
    std::int32_t number = -1;
    std::size_t count = 0;
  };

  /// Has each of four labels or more its own whole number, with a mark and more behind it?
  bool begin_with_ids() const {
    return labelled_ > 3 && names.size() == labelled_ && std::ranges::all_of(names, [](std::string_view name) {
             const std::size_t end = name.find_first_of(" ,;|\t");
             return end != std::string_view::npos && whole_number(name.substr(0, end)).has_value();
           });
  }

  /// The first number with a mark, as 10%, where all labels are numbers, with marks or without; else empty.
  std::string_view marked() const {
    std::string_view first;
    for (const std::string& name : names) {
      const bool is_marked = is_marked_number(name);
      if (!is_marked && !real_number(name)) return {};
      if (is_marked && first.empty()) first = name;
    }
    return first;
  }

  /// A class such as 999 among small numbers may be none.
  void add_doubt_of_number(std::vector<std::string>& notes) const {
    std::vector<double> numbers;
    for (const std::string& name : names)
      if (const auto number = whole_number(name))
        numbers.push_back(static_cast<double>(*number));
      else
        return;
    const std::optional<double> stand_in = stand_in_of(numbers);
    if (!stand_in) return;
    std::size_t count = 0;
    for (const auto& [text, given] : given_)
      count += real_number(text) == stand_in ? given.count : 0;
    notes.push_back(column_.file.filename().string() + ": the class " +
                    doubt_of_stand_in(*stand_in, static_cast<Index>(count), column_.example));
  }

  /// Says that all labels are numbers with an exponent, as numpy.savetxt writes them.
  void add_note_of_exponents(std::vector<std::string>& notes) const {
    std::string_view first;
    for (const auto& [text, given] : given_) {
      if (given.name.empty()) continue;
      if (!whole_with_exponent(text)) return;
      if (first.empty() || text < first) first = text;
    }
    if (!first.empty())
      notes.push_back(column_.file.filename().string() + ": numbers with an exponent are read as whole ones, " +
                      in_quotes(first) + " as the class " + given_.at(first).name);
  }

  /// A name that goes on behind another and a comma, or opens a quote, may be several fields of a line.
  void add_doubts_of_marks(std::vector<std::string>& notes) const {
    for (const std::string& name : names) {
      const bool is_open = name.size() > 1 && (name.front() == '"') != (name.back() == '"');
      if (!is_open && !std::ranges::binary_search(names, name.substr(0, name.find(',')), stands_before)) continue;
      if (!is_open && name.find(',') == std::string::npos) continue;
      notes.push_back(column_.file.filename().string() + ": the class " + in_quotes(name) + " holds a " +
                      (is_open ? "quote that its line doesn't close" : "comma behind the name of another") +
                      ": lines are names of classes; where they hold more, write a header such as id,label");
    }
  }

  std::string name_of(std::string_view text) const {
    if (column_.is_none(text)) return {};
    if (printable(text) != text) refuse_unprintable_label(column_.file, text);
    const auto integer = as_integer(text);
    if (integer == -1 && column_.minus_one == MinusOne::no_label) return {};
    const auto value = real_number(text);
    if (!integer && value && std::isfinite(*value) && !is_long_id(text))
      refuse_file(column_.file, "",
                  "got the label " + in_quotes(text) + ", a real number among names: want names of classes " +
                      "(low, high), or numbers alone");
    return integer && !whole_number(text) ? std::to_string(*integer) : std::string(text);
  }

  const LabelColumn& column_;
  std::unordered_map<std::string_view, Given> given_;
  std::size_t labelled_ = 0;
};

/// The first label of an example that no other example has, or nothing.
std::optional<Index> own_label(const Tensor& targets, const std::vector<Index>& shared_by, Index i) {
  for (Index c = 0; c < targets.columns(); ++c)
    if (targets(i, c) == 1 && shared_by[static_cast<std::size_t>(c)] == 1) return c;
  return std::nullopt;
}

/// Throws FileError at lists of which most hold a label that no other has: the id of the node, as in 7|cat.
void refuse_own_labels(const LabelColumn& column, const LabelReading& lists) {
  const Tensor& targets = lists.targets;
  std::vector<Index> shared_by(static_cast<std::size_t>(targets.columns()), 0);
  std::size_t labelled = 0, own = 0;
  for (Index i = 0; i < targets.rows(); ++i) {
    const std::span<const Real> row(targets.row(i), static_cast<std::size_t>(targets.columns()));
    for (std::size_t c = 0; c < row.size(); ++c)
      shared_by[c] += row[c] == 1 ? 1 : 0;
    labelled += std::ranges::find(row, Real(1)) != row.end() ? 1 : 0;
  }
  std::optional<Index> first;
  for (Index i = 0; i < targets.rows(); ++i)
    if (own_label(targets, shared_by, i)) {
      first = first.value_or(i);
      ++own;
    }
  if (!first || labelled <= few_labels || 2 * own <= labelled) return;
  const Index label = *own_label(targets, shared_by, *first);
  column.refuse(static_cast<std::size_t>(*first),
                "got " + in_quotes(column.texts[static_cast<std::size_t>(*first)]) + ", where " +
                    in_quotes(lists.class_names[static_cast<std::size_t>(label)]) + " is a label of no other " +
                    std::string(column.example) + ", as in " + std::to_string(own) + " of " + std::to_string(labelled) +
                    " lists: want labels that" + column.examples() +
                    " share; where a line holds an id and a label, write a comma between them");
}

/// Takes a reading of a column, in lists or numbers, as the labels.
void set_reading(const LabelColumn& column, LabelReading read, Dataset& data) {
  set_targets(column.file.string(), std::move(read.targets), std::move(read.class_names), data, read.kind, &column);
  add_label_notes(data, read);
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
  LabelReading lists = lists_in(column);
  refuse_own_labels(column, lists);
  set_reading(column, std::move(lists), data);
  const auto comma = [&](std::string_view text) { return !column.is_none(text) && !whole_number(text); };
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

void set_labels_of(const LabelColumn& column, Dataset& data) {
  const std::span<const std::string_view> texts = column.texts;
  const Commas commas = commas_in(column);
  if (commas == Commas::lists) return set_lists(column, data);
  if (commas == Commas::either) return set_either(column, data);
  const auto is_number = [&](std::string_view text) { return column.is_none(text) || is_a_number(text, commas); };
  const bool numbers = std::ranges::all_of(texts, is_number);
  const auto is_broken = [&](std::string_view text) {
    return !column.is_none(text) && !as_integer(text) && !is_long_id(text);
  };
  if (commas == Commas::decimal || (numbers && std::ranges::any_of(texts, is_broken)))
    return set_reading(column, numbers_in(column, commas), data);
  Classes classes(column);
  for (const std::string_view text : texts)
    classes.add(text);
  classes.number();
  std::optional<LabelReading> lists = data.has_items() ? std::nullopt : name_lists_in(column);
  if (const std::string doubt = classes.doubt(); !doubt.empty()) {
    if (lists) {
      refuse_own_labels(column, *lists);
      return set_reading(column, std::move(*lists), data);
    }
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

/// The labels of a column in another spelling, where they have it, and the note on it.
struct Respelling {
  std::optional<std::vector<std::string_view>> (*respelt)(const LabelColumn&);
  std::string_view note;
};

constexpr Respelling respellings[]{
    {texts_of_bytes, "labels are bytes of Python's, as b'cat'; they are read without these marks"},
    {truths_as_numbers, "True and False stand beside 1 and 0 and are the same classes, 1 and 0"}};

}  // namespace

void set_labels(const LabelColumn& column, Dataset& data) {
  refuse_python_lists(column);
  for (const Respelling& other : respellings)
    if (const auto texts = other.respelt(column)) {
      LabelColumn plain = column;
      plain.texts = *texts;
      set_labels(plain, data);
      return add_label_note(data, column.file.filename().string() + ": " + std::string(other.note));
    }
  LabelColumn signed_column = column;
  const std::string note = take_signs(signed_column);
  set_labels_of(signed_column, data);
  if (!note.empty()) add_label_note(data, column.file.filename().string() + ": " + note);
}

void set_labels(const LabelColumn& column, std::optional<LabelKind> task, Dataset& data) {
  if (task == LabelKind::several) return set_several_labels(column, data);
  if (task == LabelKind::real) return set_reading(column, numbers_in(column, commas_in(column)), data);
  set_labels(column, data);
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
  set_reading(column, std::move(read), data);
  data.label_kind = LabelKind::several;
}

}  // namespace mercer
