#include "data/write_sequences.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/files/text_table.hpp"
#include "data/items.hpp"
#include "data/labels/signs.hpp"
#include "data/number_text.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/base/whole_file.hpp"
#include "mercer/data/vocabulary.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

constexpr const char* writing_op = "write_dataset";

Index length_of(const Dataset& data, Node a) {
  const auto item = static_cast<std::size_t>(a);
  return data.item_offset[item + 1] - data.item_offset[item];
}

std::string label_of(const Dataset& data, Node a) {
  if (data.label_kind == LabelKind::real) {
    std::string number;
    if (data.labels[static_cast<std::size_t>(a)] < 0) return "?";
    append_number(number, data.targets(a, 0));
    return number;
  }
  const auto label = data.labels[static_cast<std::size_t>(a)];
  return label < 0 ? "?" : data.class_names[static_cast<std::size_t>(label)];
}

/// Class names stand between blanks, in .ts also between colons and commas.
void check_class_names(const Dataset& data, bool tokens) {
  std::vector<std::string_view> names;
  const LabelColumn column = column_of_classes(data, names);
  for (const std::string& name : data.class_names) {
    require(!column.is_none(name), writing_op,
            "got the class name " + in_quotes(name) + ", which means no label in a file");
    require(name.find_first_of(tokens ? " \t\r\n" : " \t\r\n:,") == std::string::npos, writing_op,
            "got the class name " + in_quotes(name) + ", want one without " +
                (tokens ? "blanks" : "blanks, colons and commas"));
  }
}

std::string series_header(const Dataset& data, std::span<const Node> items) {
  const Index columns = data.feature_count();
  const auto [least, most] = std::ranges::minmax(items, {}, [&](Node a) { return length_of(data, a); });
  const bool equal = length_of(data, least) == length_of(data, most);
  std::string text = "@problemName " + data.name + "\n@timeStamps false\n@missing false\n@univariate " +
                     (columns == 1 ? "true" : "false") + "\n@dimensions " + std::to_string(columns) +
                     "\n@equalLength " + (equal ? "true" : "false") + "\n";
  if (equal) text += "@seriesLength " + std::to_string(length_of(data, most)) + "\n";
  text += data.label_kind == LabelKind::real ? "@targetLabel true" : "@classLabel true";
  if (data.label_kind == LabelKind::classes)
    for (const std::string& name : data.class_names)
      text += " " + name;
  return text + "\n@data\n";
}

/// A line for each sequence: its dimensions with colons between, values with commas, then the label.
std::string series_of(const Dataset& data, std::span<const Node> items) {
  const Tensor& x = std::get<Tensor>(data.features);
  std::string text = series_header(data, items);
  for (const Node a : items) {
    const Index first = data.item_offset[static_cast<std::size_t>(a)], length = length_of(data, a);
    require(length > 0 && x.columns() > 0, writing_op,
            "sequence " + std::to_string(a) + " has no values: a .ts file can't hold it");
    for (Index c = 0; c < x.columns(); ++c)
      for (Index t = 0; t < length; ++t) {
        append_number(text, x(first + t, c));
        text += t + 1 < length ? ',' : ':';
      }
    text += label_of(data, a) + "\n";
  }
  return text;
}

/// A line for each text: its label and its words.
std::string texts_of(const Dataset& data, std::span<const Node> items) {
  const std::span<const Node> token = std::get<SparseMatrix>(data.features).column();
  std::string text;
  for (const Node a : items) {
    require(length_of(data, a) > 0, writing_op,
            "text " + std::to_string(a) + " has no words: a file of texts can't hold it");
    text += label_of(data, a);
    for (Index at = data.item_offset[static_cast<std::size_t>(a)], end = at + length_of(data, a); at < end; ++at)
      text += " " + data.feature_names[static_cast<std::size_t>(token[static_cast<std::size_t>(at)])];
    text += "\n";
  }
  return text;
}

}  // namespace

void write_sequences(const Dataset& data, const fs::path& folder) {
  const bool tokens = has_tokens(data);
  require(tokens || std::holds_alternative<Tensor>(data.features), writing_op,
          data.name + ": sparse features that are no tokens: no file of sequences holds them");
  require(data.label_kind == LabelKind::classes || (data.label_kind == LabelKind::real && data.classes() == 1),
          writing_op, data.name + ": got several labels of each sequence, want one class or one number");
  if (data.label_kind == LabelKind::classes) check_class_names(data, tokens);
  const auto write = [&](std::string_view end, std::span<const Node> items) {
    write_whole(folder / (data.name + std::string(end)), tokens ? texts_of(data, items) : series_of(data, items));
  };
  if (data.splits.empty()) return write(tokens ? ".labelled.txt" : ".ts", items_between(0, data.examples()));
  const Split& split = data.splits.front();
  std::vector<Node> train = split.train;
  train.insert(train.end(), split.validation.begin(), split.validation.end());
  if (!train.empty()) write(tokens ? ".train.txt" : "_TRAIN.ts", train);
  if (!split.test.empty()) write(tokens ? ".test.txt" : "_TEST.ts", split.test);
}

}  // namespace mercer
