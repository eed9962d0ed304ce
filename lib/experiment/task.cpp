#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "base/counted.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/experiment/prepare.hpp"

/// Labels as the task wants them.
namespace mercer {

namespace {

/// The numbers that are the names of the classes, of each example.
Tensor numbers_of_classes(const Dataset& data) {
  Tensor targets = Tensor::filled(data.examples(), 1, std::numeric_limits<Real>::quiet_NaN());
  std::vector<Real> number;
  for (const std::string& name : data.class_names) {
    Real value = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    if (error != std::errc() || end != name.data() + name.size() || !std::isfinite(value))
      throw ValueError("[task] regression: " + data.name + " has the label " + in_quotes(name) + ", want numbers");
    number.push_back(value);
  }
  for (Index i = 0; i < data.examples(); ++i)
    if (const auto label = data.labels[static_cast<std::size_t>(i)]; label >= 0)
      targets(i, 0) = number[static_cast<std::size_t>(label)];
  return targets;
}

/// A target of 0 and 1 for each class.
Tensor one_hot(const Dataset& data) {
  Tensor targets(data.examples(), data.classes());
  for (Index i = 0; i < data.examples(); ++i)
    if (const auto label = data.labels[static_cast<std::size_t>(i)]; label >= 0)
      targets(i, label) = 1;
    else
      std::fill_n(targets.row(i), targets.columns(), std::numeric_limits<Real>::quiet_NaN());
  return targets;
}

/// A node of several labels has all of them known, or none, since the loss wants all.
void require_whole_rows(const Dataset& data) {
  for (Index i = 0; i < data.targets.rows(); ++i) {
    const std::span<const Real> row(data.targets.row(i), static_cast<std::size_t>(data.targets.columns()));
    const auto unknown = std::ranges::count_if(row, [](Real value) { return std::isnan(value); });
    if (unknown != 0 && unknown != std::ssize(row))
      throw ValueError("[task] " + data.name + ": " + data.example_in_words() + " " + std::to_string(i) +
                       " has unknown labels beside known ones, want all or none");
  }
}

/// The labels as the source has them for that task.
void take_reading(Dataset& data, LabelReading reading) {
  if (!reading.problem.empty()) throw FileError(reading.problem);
  drop_label_notes(data);
  data.targets = std::move(reading.targets);
  data.class_names = std::move(reading.class_names);
  add_label_notes(data, reading);
  if (reading.kind == LabelKind::classes) {
    data.labels = std::move(reading.labels);
    return;
  }
  for (Index i = 0; i < data.targets.rows(); ++i) {
    const std::span<const Real> row(data.targets.row(i), static_cast<std::size_t>(data.targets.columns()));
    const bool known = std::ranges::any_of(row, [](Real value) { return !std::isnan(value); });
    data.labels[static_cast<std::size_t>(i)] = known ? 0 : -1;
  }
}

/// The labels of one kind as those of another. Throws ValueError where they can't be.
void convert_labels(Dataset& data, LabelKind wanted) {
  const LabelKind kind = data.label_kind;
  const std::string is = kind == LabelKind::several
                             ? std::string("a ") + data.example_in_words() + " has several labels"
                             : "labels are real numbers";
  if (kind != LabelKind::classes && !(kind == LabelKind::several && wanted == LabelKind::real))
    throw ValueError("[task] got " + std::string(name_of(wanted, task_choices)) + ", but " + is + " in " + data.name +
                     "; want " + name_of(kind, task_choices));
  if (kind == LabelKind::classes) data.targets = wanted == LabelKind::real ? numbers_of_classes(data) : one_hot(data);
  if (kind == LabelKind::classes && wanted == LabelKind::real) data.class_names = {"value"};
  for (std::int32_t& label : data.labels)
    label = std::min<std::int32_t>(label, 0);
}

}  // namespace

Dataset with_task(Dataset data, std::optional<LabelKind> task) {
  if (!task && !data.label_doubt.empty()) throw FileError(data.label_doubt);
  if (task) {
    if (!data.label_doubt.empty()) drop_label_notes(data);
    const auto reading = std::ranges::find(data.other_readings, *task, &LabelReading::kind);
    if (reading != data.other_readings.end())
      take_reading(data, std::move(*reading));
    else if (*task != data.label_kind)
      convert_labels(data, *task);
    data.label_kind = *task;
  }
  data.other_readings.clear();
  if (data.label_kind != LabelKind::classes) require_whole_rows(data);
  return data;
}

Dataset with_positive(Dataset data, const std::string& positive) {
  require(data.label_kind == LabelKind::classes && data.classes() == 2, "positive",
          "is one of two classes, and " + data.name + " has " +
              (data.label_kind == LabelKind::classes ? counted(data.classes(), "class") : "none") + ": leave it out");
  const auto found = std::ranges::find(data.class_names, positive);
  require(found != data.class_names.end(), "positive",
          data.name + " has no class " + in_quotes(positive) + "; " + suggest(positive, data.class_names));
  if (found != data.class_names.begin()) return data;
  std::swap(data.class_names[0], data.class_names[1]);
  for (std::int32_t& label : data.labels)
    if (label >= 0) label = 1 - label;
  return data;
}

std::string note_of_many_classes(const Dataset& data) {
  constexpr Index surely_many = 100, many = 20, examples_of_a_class = 10;
  if (data.label_kind != LabelKind::classes || data.classes() <= many) return "";
  const auto is_whole = [](const std::string& name) {
    const std::size_t sign = name.starts_with('-') ? 1 : 0;
    return name.size() > sign && name.find_first_not_of("0123456789", sign) == std::string::npos;
  };
  if (!std::ranges::all_of(data.class_names, is_whole)) return "";
  const auto labelled = std::ranges::count_if(data.labels, [](std::int32_t label) { return label >= 0; });
  if (data.classes() <= surely_many && labelled >= examples_of_a_class * data.classes()) return "";
  return "labels are " + std::to_string(data.classes()) + " different whole numbers, and each is a class of its own; " +
         "--task regression learns them as numbers";
}

}  // namespace mercer
