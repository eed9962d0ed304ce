#include "data/formats/time_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/counted.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/files/text_table.hpp"
#include "data/formats.hpp"
#include "data/items.hpp"
#include "data/labels/labels.hpp"
#include "data/labels/targets.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view train_end = "_TRAIN.ts", test_end = "_TEST.ts";
constexpr std::string_view unlabelled;  // in a file without labels

struct Header {
  std::optional<std::int64_t> dimensions{};
  bool univariate = false;
  bool equal_length = false;
  bool has_class = false, has_target = false;  // what a sequence ends with
  std::vector<std::string> classes{};          // as listed, or empty

  bool has_label() const { return has_class || has_target; }
};

std::vector<std::string_view> cut(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(at, begin), text.size());
    parts.push_back(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return parts;
}

bool read_truth(const TextFile& file, const std::string& key, const std::vector<std::string_view>& words) {
  const std::string value = words.size() > 1 ? lower_case(words[1]) : "";
  if (value != "true" && value != "false") file.refuse(key + ": got " + in_quotes(value) + ", want true or false");
  return value == "true";
}

[[noreturn]] void refuse_unprintable(const TextFile& file, std::string_view name) {
  file.refuse("the class " + in_quotes(name) + " is no printable UTF-8: save the file with the encoding UTF-8");
}

std::string class_name(const TextFile& file, std::string_view name, const std::vector<std::string>& before) {
  if (printable(name) != name) refuse_unprintable(file, name);
  if (std::ranges::find(before, name) != before.end())
    file.refuse("@classLabel names the class " + in_quotes(name) + " twice");
  return std::string(name);
}

/// One line of the header. False at @data.
bool read_key(const TextFile& file, std::string_view line, Header& header) {
  std::vector<std::string_view> words;
  cut_at_blanks(line, words);
  const std::string key = lower_case(words[0]);
  if (key == "@timestamps" && read_truth(file, key, words))
    file.refuse("@timeStamps: got true, want false: values in the order of time, without their times");
  if (key == "@targetlabel") header.has_target = read_truth(file, key, words);
  if (key == "@equallength") header.equal_length = read_truth(file, key, words);
  if (key == "@univariate") header.univariate = read_truth(file, key, words);
  if (key == "@dimensions" || key == "@dimension") {
    header.dimensions = words.size() > 1 ? whole_number(words[1]) : std::nullopt;
    if (header.dimensions.value_or(0) < 1)
      file.refuse(key + ": got " + in_quotes(words.size() > 1 ? words[1] : "") + ", want a number of at least 1");
  }
  if (key == "@classlabel") {
    header.has_class = read_truth(file, key, words);
    for (std::size_t w = 2; header.has_class && w < words.size(); ++w)
      header.classes.push_back(class_name(file, words[w], header.classes));
  }
  return key != "@data";
}

Header read_header(TextFile& file) {
  Header header;
  std::string_view line;
  while (file.next(line)) {
    line = trimmed(line);
    if (line.empty() || line[0] == '#') continue;
    if (line[0] != '@') file.refuse("got " + in_quotes(shortened(std::string(line), 30)) + " before @data");
    if (read_key(file, line, header)) continue;
    if (header.univariate && header.dimensions.value_or(1) != 1)
      file.refuse("@univariate: got true with " + std::to_string(*header.dimensions) +
                  " dimensions, want false, or @dimensions 1");
    if (header.univariate) header.dimensions = 1;
    if (header.has_class && header.has_target)
      file.refuse("got @classLabel true and @targetLabel true: want one of them, a class or a number of each sequence");
    return header;
  }
  file.refuse("the file ends without a line @data: want the header and the data of time series");
}

Tensor column_of(const std::vector<Real>& values) {
  return Tensor::from(std::ssize(values), 1, std::span<const Real>(values));
}

/// Sequences of one or several files, one after another.
class Sequences {
 public:
  explicit Sequences(Dataset& data) : data_(data) { data_.item_offset = {0}; }

  void read(TextFile& file) {
    const Header header = read_header(file);
    if (data_.class_names.empty() && data_.labels.empty()) data_.class_names = header.classes;
    if (data_.item_offset.size() == 1) is_real_ = header.has_target;
    if (header.has_label() && header.has_target != is_real_)
      file.refuse(header.has_target ? "got @targetLabel true, want no numbers as labels, as in the training file"
                                    : "got @classLabel true, want @targetLabel true as in the training file");
    const std::size_t before = data_.item_offset.size();
    std::string_view line;
    while (file.next(line)) {
      line = trimmed(line);
      if (!line.empty() && line[0] != '#') read_sequence(file, line, header);
    }
    if (data_.item_offset.size() == before) file.refuse("there is no sequence after @data");
    if (header.equal_length && longest_ != shortest_)
      data_.notes.push_back(file.name() + ": the header says that lengths are equal; they are " +
                            std::to_string(shortest_) + " to " + std::to_string(longest_));
  }

  /// Sets features, graph and labels. `path` names the source in messages, `second` that of the later sequences.
  void finish(const fs::path& path, const fs::path& second, std::size_t second_begins) {
    const auto rows = data_.item_offset.back();
    data_.features = Tensor::from(rows, dimensions_, values_);
    data_.graph = from_edges(rows, {});
    if (missing_ > 0)
      data_.notes.push_back(counted(missing_, "missing value") +
                            (missing_ == 1 ? " takes the one before it in its" : " take the one before them in their") +
                            " dimension, else the next, else 0");
    if (is_real_) return set_targets(path.string(), column_of(targets_), {}, data_, LabelKind::real);
    if (!data_.class_names.empty()) return;
    const std::vector<std::string_view> texts(labels_.begin(), labels_.end());
    set_labels({.file = path,
                .texts = texts,
                .minus_one = MinusOne::a_class,
                .example = data_.example_in_words(),
                .second = second,
                .second_begins = second.empty() ? texts.size() : second_begins},
               data_);
  }

 private:
  void read_sequence(const TextFile& file, std::string_view line, const Header& header) {
    std::vector<std::string_view> parts = cut(line, ':');
    std::string_view label = unlabelled;
    if (header.has_label()) {
      label = parts.back();
      parts.pop_back();
    }
    const auto want = header.dimensions.value_or(dimensions_ > 0 ? dimensions_ : std::ssize(parts));
    if (parts.empty() || std::ssize(parts) != want || (dimensions_ > 0 && want != dimensions_))
      file.refuse("got " + std::to_string(parts.size()) + " dimensions" + (header.has_label() ? " and a label" : "") +
                  ", want " + std::to_string(std::max<Index>(dimensions_ > 0 ? dimensions_ : want, 1)));
    dimensions_ = want;
    read_dimensions(file, parts);
    if (is_real_)
      take_target(file, header.has_target ? label : "?");
    else
      take_label(file, label);
  }

  void read_dimensions(const TextFile& file, const std::vector<std::string_view>& parts) {
    const auto width = static_cast<std::size_t>(dimensions_);
    const auto length = static_cast<std::size_t>(1 + std::ranges::count(parts[0], ','));
    const std::size_t first = values_.size();
    if (static_cast<std::int64_t>((first / width) + length) > std::numeric_limits<Node>::max())
      file.refuse("more than 2^31 positions");
    values_.resize(first + length * width);
    for (std::size_t c = 0; c < width; ++c) {
      const std::string place = "dimension " + std::to_string(c + 1);
      if (parts[c].empty()) file.refuse(place + " has no value: a sequence wants at least one position");
      const std::vector<std::string_view> texts = cut(parts[c], ',');
      if (texts.size() != length)
        file.refuse(place + " has " + std::to_string(texts.size()) + " values, dimension 1 has " +
                    std::to_string(length) + ": want as many in all dimensions of a sequence");
      for (std::size_t t = 0; t < length; ++t)
        values_[first + t * width + c] = value_of(file, place, texts[t]);
      fill_missing(first + c, length);
    }
    data_.item_offset.push_back(static_cast<Index>(values_.size() / width));
    shortest_ = std::min(shortest_, length);
    longest_ = std::max(longest_, length);
  }

  static Real value_of(const TextFile& file, const std::string& place, std::string_view text) {
    if (text == "?") return std::numeric_limits<Real>::quiet_NaN();
    const std::optional<double> value = real_number(text);
    if (!value || std::isinf(static_cast<Real>(*value)))
      file.refuse(place + ": got " + in_quotes(shortened(std::string(text), 30)) +
                  ", want finite numbers with commas between, ? for a missing one" +
                  (text.starts_with('(') ? "; times beside values are not read" : ""));
    return static_cast<Real>(*value);
  }

  /// Values of one dimension: values_[first], values_[first + width] …
  void fill_missing(std::size_t first, std::size_t length) {
    const auto at = [&](std::size_t t) -> Real& { return values_[first + t * static_cast<std::size_t>(dimensions_)]; };
    std::size_t known = 0;
    while (known < length && std::isnan(at(known)))
      ++known;
    Real last = known < length ? at(known) : Real(0);
    for (std::size_t t = 0; t < length; ++t) {
      missing_ += std::isnan(at(t)) ? 1 : 0;
      last = at(t) = std::isnan(at(t)) ? last : at(t);
    }
  }

  void take_target(const TextFile& file, std::string_view text) {
    const std::optional<double> value = is_missing(text) ? std::numeric_limits<double>::quiet_NaN() : real_number(text);
    if (!value || std::isinf(static_cast<Real>(*value)))
      file.refuse("got the target " + in_quotes(shortened(std::string(text), 30)) +
                  ", want a finite number, ? for none");
    targets_.push_back(static_cast<Real>(*value));
  }

  void take_label(const TextFile& file, std::string_view label) {
    if (data_.class_names.empty()) {  // numbered in the end
      if (const auto number = real_number(label); number && std::isfinite(*number) && *number != std::trunc(*number))
        file.refuse("got the label " + in_quotes(label) +
                    ": real numbers, want @targetLabel true in place of @classLabel, or one class of each sequence");
      if (printable(label) != label) refuse_unprintable(file, label);
      labels_.emplace_back(label);
      return;
    }
    const auto found = std::ranges::find(data_.class_names, label);
    const bool none = label == "?" || label.data() == unlabelled.data();
    if (found == data_.class_names.end() && !none) {
      std::string known;
      for (const std::string& name : data_.class_names)
        known += (known.empty() ? "" : ", ") + name;
      file.refuse("label " + in_quotes(shortened(std::string(label), 30)) +
                  " is none of the classes of the header: " + shortened(known, 200) + "; ? is no label");
    }
    data_.labels.push_back(none ? -1 : static_cast<std::int32_t>(found - data_.class_names.begin()));
  }

  Dataset& data_;
  std::vector<Real> values_;  // [positions, dimensions]
  std::vector<std::string> labels_;
  std::vector<Real> targets_;
  bool is_real_ = false;  // are the labels targets? The first file says so
  Index dimensions_ = 0, missing_ = 0;
  std::size_t shortest_ = std::numeric_limits<std::size_t>::max(), longest_ = 0;
};

bool is_file(const fs::path& path) {
  std::error_code error;  // an impossible path counts as missing
  return fs::is_regular_file(path, error);
}

/// The name of the file, without ".gz" at its end.
std::string plain_name(const fs::path& path) {
  std::string name = path.filename().string();
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name;
}

bool ends_with(const fs::path& path, std::string_view end) { return plain_name(path).ends_with(end); }

/// The file of that name, plain or gzip; the plain one when there is neither.
fs::path plain_or_gzip(const fs::path& plain) {
  const fs::path packed = fs::path(plain) += ".gz";
  return !is_file(plain) && is_file(packed) ? packed : plain;
}

/// NAME of a file NAME_TRAIN.ts, for that end.
std::string name_before(const fs::path& path, std::string_view end) {
  const std::string name = plain_name(path);
  return name.substr(0, name.size() - end.size());
}

fs::path train_of(const fs::path& prefix) { return plain_or_gzip(fs::path(prefix) += train_end); }

bool is_series(const fs::path& path) { return ends_with(path, ".ts") && is_file(path); }

bool is_time_series(const fs::path& path) {
  return is_series(path) || (path.has_filename() && is_file(train_of(path)));
}

std::optional<NamedDataset> listed_series(const fs::path& entry) {
  if (!is_series(entry)) return std::nullopt;
  if (ends_with(entry, train_end)) return NamedDataset{name_before(entry, train_end), entry};
  const NamedDataset alone{name_before(entry, ".ts"), entry};
  if (!ends_with(entry, test_end)) return alone;
  const std::string name = name_before(entry, test_end);
  const fs::path train = train_of(entry.parent_path() / name);
  return is_file(train) ? NamedDataset{name, train} : alone;
}

}  // namespace

Dataset read_time_series(const fs::path& path) {
  const fs::path first = is_series(path) ? path : train_of(path);
  Dataset data;
  data.format = "ts";
  Sequences sequences(data);
  TextFile train(first);
  sequences.read(train);
  const bool in_pair = ends_with(first, train_end);
  data.name = name_before(first, in_pair ? train_end : ".ts");
  const fs::path second =
      in_pair ? plain_or_gzip(first.parent_path() / (data.name + std::string(test_end))) : fs::path();
  Index trained = 0;
  if (in_pair && is_file(second)) {
    trained = data.examples();
    TextFile test(second);
    sequences.read(test);
    data.splits.push_back(in_turn(trained, 0, data.examples() - trained));
  } else if (in_pair) {
    data.notes.push_back("there is no " + second.filename().string() + ": no sequence is for the test");
  }
  sequences.finish(first, trained > 0 ? second : fs::path(), static_cast<std::size_t>(trained));
  return data;
}

constinit const Format formats::time_series{.wants = "NAME_TRAIN.ts",
                                            .is = is_time_series,
                                            .read = read_time_series,
                                            .listed = listed_series,
                                            .sequences = true};

}  // namespace mercer
