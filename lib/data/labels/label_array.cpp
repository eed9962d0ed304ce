#include "data/labels/label_array.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/counted.hpp"
#include "data/assemble.hpp"
#include "data/files/npz_members.hpp"
#include "data/files/read_file.hpp"
#include "data/labels/signs.hpp"
#include "data/labels/stand_ins.hpp"
#include "data/labels/targets.hpp"

namespace mercer {
namespace {

/// Numbers of classes as real ones, where they differ: those below 0 are numbers, too.
void add_numbers(const NpyArray& array, Dataset& data) {
  const std::vector<double> values = array.as<double>();
  const auto below = std::ranges::count_if(values, [](double value) { return value < 0; });
  if (below == 0) return;
  LabelReading read{.targets = Tensor(std::ssize(values), 1), .class_names = {"value"}};
  std::ranges::transform(values, read.targets.data(), [](double value) { return static_cast<Real>(value); });
  read.notes.push_back(array.source + ": numbers below 0 are numbers among real ones; " +
                       counted(below, data.example_in_words()) + has_or_have(below) +
                       " one: write nan where there is none");
  data.other_readings.push_back(std::move(read));
}

constexpr std::int64_t ignored_label = -100;  // PyTorch's ignore_index

/// Says how many examples have no label, by the number that stands for it; `missing` of those of −100 were nan.
void note_no_labels(const std::vector<std::int64_t>& labels, Index minus_ones, Index missing, Dataset& data) {
  const auto note = [&](const char* number, Index count) {
    if (count > 0)
      add_label_note(
          data, in_quotes(number) + " is taken as no label (" + counted(count, data.example_in_words()) + ")", count);
  };
  note("-1", minus_ones);
  note("-100", std::ranges::count(labels, ignored_label) - missing);
  note("nan", missing);
}

/// Are −1 and 1 the only labels of an array, and both there?
bool are_signs(const std::vector<std::int64_t>& labels) {
  const auto minus = std::ranges::count(labels, -1), plus = std::ranges::count(labels, 1);
  const auto unknown = std::ranges::count(labels, ignored_label);
  return minus > 0 && plus > 0 && minus + plus + unknown == std::ssize(labels);
}

/// Says that labels start above 0, whose class is never right.
void note_no_zero(Dataset& data) {
  if (classes_of(data.labels) == 0 || std::ranges::find(data.labels, 0) != data.labels.end()) return;
  add_label_note(data, "no node has the label 0, which counts as a class: labels want to be 0, 1, …");
}

/// Says that a class such as 999 among small numbers may be none.
void note_stand_in(Dataset& data) {
  std::vector<double> values;
  for (const std::int32_t label : data.labels)
    if (label >= 0) values.push_back(label);
  if (const auto number = stand_in_of(values))
    add_label_note(
        data, "the class " + doubt_of_stand_in(*number, std::ranges::count(values, *number), data.example_in_words()));
}

}  // namespace

void set_labels(const NpyArray& array, Index nodes, Dataset& data, const ArrayLabels& said) {
  const Index columns = array.shape.size() == 2 ? array.shape[1] : 1;
  if (array.shape.empty() || array.shape[0] != nodes || array.shape.size() > 2 || columns < 1)
    refuse_shape(array, "one class for each of the " + std::to_string(nodes) + " " + data.examples_in_words() +
                            ", or a row of labels");
  const auto is_broken = [](double value) {
    return !std::isnan(value) && (value != std::floor(value) || std::fabs(value) >= 1e9);
  };
  const bool floats = array.dtype[1] == 'f', targets_alone = said.task.has_value() || columns > 1;
  const std::vector<double> values = floats || targets_alone ? array.as<double>() : std::vector<double>();
  if (targets_alone || std::ranges::any_of(values, is_broken)) {
    Tensor targets(nodes, columns);
    Rounding rounding;
    for (Index n = 0; n < targets.size(); ++n)
      targets.data()[n] = rounding.kept(values[static_cast<std::size_t>(n)]);
    set_targets(array.source, std::move(targets), {}, data, said.task);
    if (said.task && data.label_kind != *said.task)
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
  const bool signs = !said.named && are_signs(labels);
  note_no_labels(labels, signs ? 0 : std::ranges::count(labels, -1), missing, data);
  for (std::int64_t& label : labels)
    label = label == ignored_label ? -1 : signs ? std::max<std::int64_t>(label, 0) : label;
  data.labels = checked_labels(array.source, labels);
  data.class_names = signs ? std::vector<std::string>{"-1", "1"} : numbered_classes(classes_of(data.labels));
  if (signs) add_label_note(data, signs_note);
  if (data.has_items()) return;
  note_no_zero(data);
  note_stand_in(data);
}

}  // namespace mercer
