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

/// Two whole numbers or more, between commas, semicolons, bars or blanks.
bool is_list(std::string_view text) {
  if (text.find_first_of(",;| \t") == std::string_view::npos) return false;
  std::size_t numbers = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;| \t"), text.size());
    if (const std::string_view item = text.substr(0, end); !item.empty()) {
      if (!whole_number(item)) return false;
      ++numbers;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return numbers > 1;
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
      if (given.name.empty() && !text.empty() && text != "-" && text != "-1")
        notes.push_back(file_.filename().string() + ": " + in_quotes(text) + " is no label; " +
                        std::to_string(given.count) + " nodes have it");
    std::ranges::sort(notes);
    data.notes.insert(data.notes.end(), notes.begin(), notes.end());
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

constexpr Index most_targets = 4096;
constexpr Real unknown_target = std::numeric_limits<Real>::quiet_NaN();

bool is_real_number(std::string_view text) {
  const auto value = real_number(text);
  return value && std::isfinite(*value);
}

/// A column of numbers; what is missing is NaN.
Tensor numbers_of(std::span<const std::string_view> texts) {
  Tensor values(std::ssize(texts), 1);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto value = real_number(texts[i]);
    values(static_cast<Index>(i), 0) = is_missing(texts[i]) || !value ? unknown_target : static_cast<Real>(*value);
  }
  return values;
}

/// Calls visit(number) for every number of a list.
template <class Visit>
void for_each_number(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;| \t"), text.size());
    if (const auto number = whole_number(text.substr(0, end))) visit(*number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Lists such as 3;5 as a column of 0 and 1 for each number.
void set_lists(const std::filesystem::path& file, std::span<const std::string_view> texts, Dataset& data) {
  std::map<std::int64_t, Index> column;
  for (const std::string_view text : texts) {
    if (!is_missing(text) && !is_list(text) && !whole_number(text))
      refuse_file(file, "", "got the label " + in_quotes(text) + " among lists of numbers, want one of them");
    if (!is_missing(text)) for_each_number(text, [&](std::int64_t number) { column.emplace(number, 0); });
  }
  std::vector<std::string> names;
  for (auto& [number, c] : column) {
    c = std::ssize(names);
    names.push_back(std::to_string(number));
  }
  if (std::ssize(names) > most_targets)
    refuse_file(file, "",
                "got " + std::to_string(names.size()) + " labels, want at most " + std::to_string(most_targets));
  Tensor targets(std::ssize(texts), std::ssize(names));
  for (Index i = 0; i < targets.rows(); ++i) {
    const std::string_view text = texts[static_cast<std::size_t>(i)];
    if (is_missing(text))
      std::fill_n(targets.row(i), targets.columns(), unknown_target);
    else
      for_each_number(text, [&](std::int64_t number) { targets(i, column[number]) = 1; });
  }
  set_targets(file.string(), std::move(targets), std::move(names), data);
}

}  // namespace

void set_targets(const std::string& source, Tensor targets, std::vector<std::string> names, Dataset& data) {
  if (targets.columns() > most_targets)
    refuse_file(source, "",
                "got " + std::to_string(targets.columns()) + " columns of labels, want at most " +
                    std::to_string(most_targets));
  bool bits = targets.columns() > 1;
  data.labels.assign(static_cast<std::size_t>(targets.rows()), -1);
  for (Index i = 0; i < targets.rows(); ++i)
    for (Index c = 0; c < targets.columns(); ++c) {
      const Real value = targets(i, c);
      if (std::isinf(value)) refuse_file(source, "node " + std::to_string(i), "the label is infinite");
      if (std::isnan(value)) continue;
      data.labels[static_cast<std::size_t>(i)] = 0;
      bits = bits && (value == 0 || value == 1);
    }
  if (data.has_items())
    refuse_file(source, "",
                std::string("got labels that are ") + (bits ? "several of each sequence" : "real numbers") +
                    ", want one class of each sequence");
  data.label_kind = bits ? LabelKind::several : LabelKind::real;
  if (names.empty())
    names = targets.columns() == 1 ? std::vector<std::string>{"value"} : numbered_classes(targets.columns());
  for (const std::string& name : names)
    if (printable(name) != name) refuse_unprintable(source, name);
  data.class_names = std::move(names);
  data.targets = std::move(targets);
  data.notes.push_back(bits ? "a node may have several of " + std::to_string(data.classes()) +
                                  " labels: the task is multi-label, unless --task says otherwise"
                            : "labels are real numbers: the task is regression, unless --task says otherwise");
}

void set_labels(const std::filesystem::path& file, std::span<const std::string_view> texts, Dataset& data,
                MinusOne minus_one) {
  if (std::ranges::any_of(texts, [](std::string_view text) { return !is_missing(text) && is_list(text); }))
    return set_lists(file, texts, data);
  const auto is_number = [](std::string_view text) { return is_missing(text) || is_real_number(text); };
  const bool numbers = std::ranges::all_of(texts, is_number);
  const auto is_broken = [](std::string_view text) { return !is_missing(text) && !as_integer(text); };
  if (numbers && std::ranges::any_of(texts, is_broken)) return set_targets(file.string(), numbers_of(texts), {}, data);
  Classes classes(file, minus_one);
  for (const std::string_view text : texts)
    classes.add(text);
  classes.number();
  if (const std::string doubt = classes.doubt(); !doubt.empty()) {
    if (!numbers || data.has_items()) refuse_file(file, "", doubt);
    set_targets(file.string(), numbers_of(texts), {}, data);
    data.notes.pop_back();
    data.label_doubt = file.string() + ": " + doubt + "; --task regression learns the numbers";
    data.notes.push_back(doubt + "; --task regression learns the numbers");
    return;
  }
  classes.note(data);
  data.labels.clear();
  data.labels.reserve(texts.size());
  for (const std::string_view text : texts)
    data.labels.push_back(classes.label(text));
  data.class_names = std::move(classes.names);
}

void set_labels(const NpyArray& array, Index nodes, Dataset& data) {
  const Index columns = array.shape.size() == 2 ? array.shape[1] : 1;
  if (array.shape.empty() || array.shape[0] != nodes || array.shape.size() > 2 || columns < 1)
    refuse_shape(array, "one class for each of the " + std::to_string(nodes) + " nodes, or a row of labels");
  const auto is_broken = [](double value) {
    return !std::isnan(value) && (value != std::floor(value) || std::fabs(value) >= 1e9);
  };
  const bool real = array.dtype[1] == 'f';
  const std::vector<double> values = real || columns > 1 ? array.as<double>() : std::vector<double>();
  if (columns > 1 || std::ranges::any_of(values, is_broken)) {
    Tensor targets(nodes, columns);
    for (Index n = 0; n < targets.size(); ++n)
      targets.data()[n] = static_cast<Real>(values[static_cast<std::size_t>(n)]);
    return set_targets(array.source, std::move(targets), {}, data);
  }
  std::vector<std::int64_t> labels;
  if (real)
    for (const double value : values)
      labels.push_back(std::isnan(value) ? -1 : static_cast<std::int64_t>(value));
  else
    labels = array.as<std::int64_t>();
  for (std::int64_t& label : labels)
    if (label == -100) label = -1;  // PyTorch's ignore_index
  data.labels = checked_labels(array.source, labels);
  data.class_names = numbered_classes(classes_of(data.labels));
}

}  // namespace mercer
