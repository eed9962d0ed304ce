#include "data/formats/labelled_text.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/formats.hpp"
#include "data/items.hpp"
#include "data/labels/labels.hpp"
#include "data/tables/column_names.hpp"
#include "mercer/data/vocabulary.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> endings{".txt", ".all", ".txt.gz", ".all.gz"};
constexpr std::string_view train_part = ".train", test_part = ".test", lone_part = ".labelled";
constexpr Index rare = 2;  // words of a pair that the training file has less often are unknown

bool is_text_file(const fs::path& path) {
  std::error_code error;  // an impossible path counts as missing
  return fs::is_regular_file(path, error);
}

/// NAME.train.txt for the part ".train": the ending it has, or nothing.
std::optional<std::string_view> ending_of(const fs::path& path, std::string_view part) {
  const std::string file = path.filename().string();
  for (const std::string_view ending : endings)
    if (file.ends_with(std::string(part) + std::string(ending))) return ending;
  return std::nullopt;
}

fs::path with_part(const fs::path& prefix, std::string_view part, std::string_view ending) {
  return fs::path(prefix) += std::string(part) + std::string(ending);
}

fs::path without_part(const fs::path& path, std::string_view part, std::string_view ending) {
  const std::string file = path.filename().string();
  return path.parent_path() / file.substr(0, file.size() - part.size() - ending.size());
}

/// The training file of a prefix, if there is one.
std::optional<fs::path> train_file(const fs::path& prefix) {
  for (const std::string_view ending : endings)
    if (prefix.has_filename() && is_text_file(with_part(prefix, train_part, ending)))
      return with_part(prefix, train_part, ending);
  return std::nullopt;
}

/// Throws FileError where each line has one tab, with words before it and a single one, the label, behind it.
void refuse_label_behind(TextFile& file) {
  std::string_view line;
  bool words_before = false;
  while (file.next(line)) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) return file.rewind();
    const std::string_view before = trimmed(line.substr(0, tab)), behind = trimmed(line.substr(tab + 1));
    if (behind.empty() || behind.find_first_of(" \t") != std::string_view::npos) return file.rewind();
    words_before = words_before || before.find(' ') != std::string_view::npos;
  }
  file.rewind();
  if (words_before)
    refuse_file(file.path(), "", "got texts before a tab and labels behind it, want the label first: LABEL TEXT");
}

/// Throws FileError where a comma ends the label of each line, as in neg,"a text"; 0,5 is a number.
void refuse_commas(TextFile& file) {
  std::string_view line, first;
  while (file.next(line)) {
    const std::string_view word = line.substr(0, line.find_first_of(" \t")), behind = word.substr(word.find(',') + 1);
    if (behind.size() == word.size() || (!behind.empty() && behind[0] >= '0' && behind[0] <= '9')) return file.rewind();
    if (first.empty()) first = word;
  }
  file.rewind();
  if (!first.empty())
    file.refuse(1, "got " + in_quotes(first) +
                       ", a label with a comma behind it as in CSV, want a blank or a tab "
                       "there, and no header and no quotes: LABEL TEXT");
}

/// Is it the header of a table of texts, as label and text?
bool is_header(std::string_view label, std::string_view text) {
  return role_in_nodes(label) == Role::label &&
         is_among(lower_case(trimmed(text)), {"text", "texts", "sentence", "review", "content", "document", "message"});
}

/// Does the first tab of each line end a label of several words? So it does where each line has a tab, and lines share
/// the words before it. Throws FileError at tables of three and more columns, and at a header.
bool tabs_end_labels(TextFile& file) {
  std::set<std::string, std::less<>> labels;
  std::string_view line;
  std::string header;
  std::size_t lines = 0, least = std::numeric_limits<std::size_t>::max(), most = 0;
  bool blanks_before = false, blanks_behind = false;
  while (file.next(line)) {
    const std::size_t tab = line.find('\t');
    const auto tabs = static_cast<std::size_t>(std::ranges::count(line, '\t'));
    least = std::min(least, tabs);
    most = std::max(most, tabs);
    if (least == 0) break;
    const std::string_view before = trimmed(line.substr(0, tab)), behind = trimmed(line.substr(tab + 1));
    if (lines++ == 0 && is_header(before, behind)) header = line;
    labels.emplace(before);
    blanks_before = blanks_before || before.find(' ') != std::string_view::npos;
    blanks_behind = blanks_behind || behind.substr(behind.rfind('\t') + 1).find(' ') != std::string_view::npos;
  }
  file.rewind();
  if (least == 0 || lines == 0) return false;
  if (least == most && least > 1 && blanks_behind && !blanks_before)
    refuse_file(file.path(), "",
                "got " + std::to_string(least + 1) +
                    " fields between tabs in each line, want a label "
                    "and a text, and no header and no ids: LABEL TEXT");
  if (!header.empty()) file.refuse(1, "got the header " + in_quotes(header) + ", want none: LABEL TEXT");
  return blanks_before && labels.size() < lines;
}

/// Words and labels of the lines of one or several files.
struct Texts {
  std::vector<std::string> words;   // of all lines, one after another
  std::vector<std::string> labels;  // of each line
  std::vector<Index> offset{0};     // of the words of each line
  bool tabs = false;                // a tab ends the label, which may have several words

  void read(TextFile& file) {
    refuse_label_behind(file);
    refuse_commas(file);
    const bool tabs_here = tabs_end_labels(file);
    tabs = labels.empty() ? tabs_here : tabs;  // those of the test are as those of the training
    std::string_view line;
    std::vector<std::string_view> fields;
    while (file.next(line)) {
      const std::size_t tab = tabs ? line.find('\t') : 0;
      if (tab == std::string_view::npos) file.refuse("got no tab, want one behind the label as in the other lines");
      cut_at_blanks(line.substr(tab), fields);
      if (tabs) fields.insert(fields.begin(), trimmed(line.substr(0, tab)));
      if (fields.size() < 2)
        file.refuse("got " + std::to_string(fields.size()) + " words, want a label and the words of a text");
      labels.emplace_back(fields[0]);
      for (std::size_t w = 1; w < fields.size(); ++w)
        words.push_back(lower_case(fields[w]));
      if (std::ssize(words) > std::numeric_limits<Node>::max()) file.refuse("more than 2^31 words");
      offset.push_back(std::ssize(words));
    }
    if (labels.empty()) file.refuse("there is no text");
  }
};

/// Words that occur at least `least` times among the first `count`, the frequent ones first.
std::vector<std::string> vocabulary(const Texts& texts, Index count, Index least) {
  std::map<std::string_view, Index> times;
  for (Index w = 0; w < count; ++w)
    ++times[texts.words[static_cast<std::size_t>(w)]];
  std::vector<std::pair<Index, std::string_view>> order;
  for (const auto& [word, n] : times)
    if (n >= least && word != unknown_word) order.emplace_back(-n, word);
  std::ranges::sort(order);
  std::vector<std::string> names{std::string(unknown_word)};
  for (const auto& [n, word] : order)
    names.emplace_back(word);
  return names;
}

/// The column of each word.
std::vector<Node> columns_of(const Texts& texts, const std::vector<std::string>& names) {
  std::unordered_map<std::string_view, Node> column;
  for (std::size_t c = 0; c < names.size(); ++c)
    column.emplace(names[c], static_cast<Node>(c));
  std::vector<Node> columns;
  for (const std::string& word : texts.words) {
    const auto found = column.find(word);
    columns.push_back(found == column.end() ? 0 : found->second);
  }
  return columns;
}

bool is_labelled_text(const fs::path& path) {
  if (train_file(path)) return true;
  return is_text_file(path) &&
         (ending_of(path, train_part) || ending_of(path, test_part) || ending_of(path, lone_part));
}

std::optional<NamedDataset> listed_text(const fs::path& entry) {
  if (!is_text_file(entry)) return std::nullopt;
  if (const auto ending = ending_of(entry, train_part))
    return NamedDataset{without_part(entry, train_part, *ending).filename().string(), entry};
  if (const auto ending = ending_of(entry, lone_part))
    return NamedDataset{without_part(entry, lone_part, *ending).filename().string(), entry};
  if (const auto ending = ending_of(entry, test_part)) {
    const fs::path prefix = without_part(entry, test_part, *ending);
    if (const fs::path train = with_part(prefix, train_part, *ending); is_text_file(train))
      return NamedDataset{prefix.filename().string(), train};
    return NamedDataset{entry.stem().string(), entry};
  }
  return std::nullopt;
}

}  // namespace

Dataset read_labelled_text(const fs::path& path) {
  const fs::path first = is_text_file(path) ? path : train_file(path).value_or(path);
  Dataset data;
  data.format = "text";
  data.name = first.stem().string();
  Texts texts;
  TextFile file(first);
  texts.read(file);
  const Index trained = std::ssize(texts.words);
  Index least = 1;
  LabelColumn labels{.file = first, .minus_one = MinusOne::a_class, .example = "sequence"};
  if (const auto ending = ending_of(first, train_part)) {
    const fs::path prefix = without_part(first, train_part, *ending);
    data.name = prefix.filename().string();
    least = rare;
    if (const fs::path second = with_part(prefix, test_part, *ending); is_text_file(second)) {
      const Index before = std::ssize(texts.labels);
      TextFile test(second);
      texts.read(test);
      labels.second = second;
      labels.second_begins = static_cast<std::size_t>(before);
      data.splits.push_back(in_turn(before, 0, std::ssize(texts.labels) - before));
    } else {
      data.notes.push_back("there is no " + second.filename().string() + ": no text is for the test");
    }
  } else if (const auto lone = ending_of(first, lone_part)) {
    data.name = without_part(first, lone_part, *lone).filename().string();
  }
  data.feature_names = vocabulary(texts, trained, least);
  std::vector<Node> columns = columns_of(texts, data.feature_names);
  if (const auto unknown = std::ranges::count(std::span(columns).first(static_cast<std::size_t>(trained)), 0);
      2 * unknown > trained)
    data.notes.push_back(first.filename().string() + ": most of its words, " + std::to_string(unknown) + " of " +
                         std::to_string(trained) + ", are read as " + std::string(unknown_word) +
                         ": a word of the vocabulary stands there at least twice");
  data.features = one_hot(std::move(columns), std::ssize(data.feature_names));
  data.item_offset = texts.offset;
  const Index rows = std::ssize(texts.words);
  data.graph = from_edges(rows, {});
  const std::vector<std::string_view> words(texts.labels.begin(), texts.labels.end());
  labels.texts = words;
  set_labels(labels, data);
  return data;
}

constinit const Format formats::labelled_text{.wants = "NAME.train.txt",
                                              .is = is_labelled_text,
                                              .read = read_labelled_text,
                                              .listed = listed_text,
                                              .sequences = true};

}  // namespace mercer
