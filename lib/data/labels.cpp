#include "data/labels.hpp"

#include <algorithm>
#include <cmath>
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
    if (labelled_ > few_labels && 2 * names.size() > labelled_)
      refuse_file(file_, "",
                  "got " + std::to_string(names.size()) + " classes for " + std::to_string(labelled_) +
                      " nodes with a label, such as " + in_quotes(names.front()) + " and " + in_quotes(names.back()) +
                      ": want classes that nodes share; where a line holds more " +
                      "than the class, write a header such as id,label");
    std::unordered_map<std::string_view, std::int32_t> number_of;
    for (std::size_t c = 0; c < names.size(); ++c)
      number_of[names[c]] = static_cast<std::int32_t>(c);
    for (auto& [_, given] : given_)
      given.number = given.name.empty() ? -1 : number_of[given.name];
  }

  std::int32_t label(std::string_view text) const { return given_.at(text).number; }

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
    if (is_list(text))
      refuse_file(file_, "",
                  "got the label " + in_quotes(text) + ", several classes of one node: the program learns one " +
                      "class a node; keep one, or use the C++ library (mercer/training/multi_label.hpp)");
    if (printable(text) != text)
      refuse_file(file_, "",
                  "the label " + in_quotes(text) + " is no printable UTF-8: save the file with the encoding UTF-8");
    const auto integer = as_integer(text);
    if (integer == -1 && minus_one_ == MinusOne::no_label) return {};
    const auto value = real_number(text);
    if (!integer && value && std::isfinite(*value))
      refuse_file(file_, "",
                  "got the label " + in_quotes(text) + ", a real number: the program learns classes; write " +
                      "names of classes (low, high), or use the C++ library (mercer/training/regression.hpp)");
    return integer && !whole_number(text) ? std::to_string(*integer) : std::string(text);
  }

  const std::filesystem::path& file_;
  MinusOne minus_one_;
  std::unordered_map<std::string_view, Given> given_;
  std::size_t labelled_ = 0;
};

}  // namespace

void set_labels(const std::filesystem::path& file, std::span<const std::string_view> texts, Dataset& data,
                MinusOne minus_one) {
  Classes classes(file, minus_one);
  for (const std::string_view text : texts)
    classes.add(text);
  classes.number();
  classes.note(data);
  data.labels.clear();
  data.labels.reserve(texts.size());
  for (const std::string_view text : texts)
    data.labels.push_back(classes.label(text));
  data.class_names = std::move(classes.names);
}

void set_labels(const NpyArray& array, Index nodes, Dataset& data) {
  const bool column = array.shape.size() == 2 && array.shape[1] == 1;
  if (array.shape.empty() || array.shape[0] != nodes || (array.shape.size() != 1 && !column))
    refuse_shape(array, "one class for each of the " + std::to_string(nodes) + " nodes");
  std::vector<std::int64_t> labels;
  if (array.dtype[1] == 'f') {
    labels.reserve(static_cast<std::size_t>(nodes));
    for (const double value : array.as<double>())
      if (std::isnan(value))
        labels.push_back(-1);
      else if (value == std::floor(value) && std::fabs(value) < 1e9)
        labels.push_back(static_cast<std::int64_t>(value));
      else
        refuse_file(array.source, "", "has labels that are real numbers, want numbers of classes");
  } else {
    labels = array.as<std::int64_t>();
  }
  for (std::int64_t& label : labels)
    label = std::max<std::int64_t>(label, -1);  // −1, −100: no label
  data.labels = checked_labels(array.source, labels);
  data.class_names = numbered_classes(classes_of(data.labels));
}

}  // namespace mercer
