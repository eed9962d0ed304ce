#include "data/labels/targets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/counted.hpp"
#include "data/assemble.hpp"
#include "data/files/read_file.hpp"
#include "data/labels/stand_ins.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {
namespace {

constexpr Index most_targets = 4096;
constexpr const char* real_note = "labels are real numbers: the task is regression, unless --task says otherwise";

std::span<const Real> row_of(const Tensor& x, Index i) { return {x.row(i), static_cast<std::size_t>(x.columns())}; }
std::span<Real> row_of(Tensor& x, Index i) { return {x.row(i), static_cast<std::size_t>(x.columns())}; }

bool is_unknown(std::span<const Real> row) {
  return std::ranges::all_of(row, [](Real value) { return std::isnan(value); });
}

/// Why a row with so many 1s is no class.
std::string no_class(Index i, std::ptrdiff_t ones, const LabelColumn* lists) {
  if (lists != nullptr)
    return lists->place(static_cast<std::size_t>(i)) + ": got " + in_quotes(lists->texts[static_cast<std::size_t>(i)]) +
           ", a list of labels, want one label for --task classes; --task multi-label learns lists";
  return "node " + std::to_string(i) + ": got " + std::to_string(ones) +
         " labels of 1 in a row, want one for --task classes, in the column of the class; --task multi-label learns " +
         "rows of any number";
}

/// The classes of rows with a single 1, which is in the column of the class; else why they are none.
LabelReading classes_in(const std::string& source, const Tensor& targets, const std::vector<std::string>& names,
                        const LabelColumn* lists) {
  LabelReading read{.kind = LabelKind::classes, .class_names = names};
  for (Index i = 0; i < targets.rows(); ++i) {
    const std::span<const Real> row = row_of(targets, i);
    const auto ones = std::ranges::count(row, Real{1});
    if (ones != 1 && !is_unknown(row)) {
      read.problem = source + ": " + no_class(i, ones, lists);
      return read;
    }
    read.labels.push_back(ones == 1 ? static_cast<std::int32_t>(std::ranges::find(row, Real{1}) - row.begin()) : -1);
  }
  read.notes.emplace_back("labels are rows with a single 1: its column is the class");
  return read;
}

/// Do the known rows of several numbers sum to 1, each between 0 and 1?
bool are_probabilities(const Tensor& targets) {
  Index rows = 0;
  for (Index i = 0; i < targets.rows(); ++i) {
    const std::span<const Real> row = row_of(targets, i);
    if (is_unknown(row)) continue;
    Real sum = 0;
    for (const Real value : row)
      sum += value >= 0 && value <= 1 ? value : Real(2);
    if (!(std::abs(sum - 1) < Real(1e-3))) return false;
    ++rows;
  }
  return rows > 0 && targets.columns() > 1;
}

/// Numbers such as -999 far from all others may be none.
void add_doubt_of_numbers(const Tensor& targets, const std::vector<std::string>& names, Dataset& data) {
  std::vector<double> column(static_cast<std::size_t>(targets.rows()));
  for (Index c = 0; c < targets.columns(); ++c) {
    for (Index i = 0; i < targets.rows(); ++i)
      column[static_cast<std::size_t>(i)] = targets(i, c);
    if (const auto number = stand_in_of(column))
      add_label_note(data,
                     "the number " +
                         doubt_of_stand_in(*number, std::ranges::count(column, *number), data.example_in_words()) +
                         (targets.columns() > 1 ? " (" + names[static_cast<std::size_t>(c)] + ")" : ""));
  }
}

void add_doubt_of_probabilities(const std::string& source, Dataset& data) {
  const std::string what = "rows of labels sum to 1, as probabilities of classes";
  add_label_note(data, what + ": they are learned as real numbers; a class for each " + data.example_in_words() +
                           " would be a single number, the column of the largest");
  data.other_readings.push_back({.kind = LabelKind::classes,
                                 .problem = source + ": " + what + ", want the class of each " +
                                            data.example_in_words() +
                                            " for --task classes, such as the column of the " +
                                            "largest (numpy: y.argmax(1)); --task regression learns the numbers"});
}

}  // namespace

Index without_minus_ones(Tensor& targets) {
  const auto is_minus_one = [](Real value) { return value == -1; };
  const auto is_bit = [](Real value) { return std::isnan(value) || value == 0 || value == 1; };
  std::vector<Index> rows;
  for (Index i = 0; i < targets.rows(); ++i)
    if (std::ranges::all_of(row_of(targets, i), is_minus_one))
      rows.push_back(i);
    else if (!std::ranges::all_of(row_of(targets, i), is_bit))
      return 0;
  for (const Index i : rows)
    std::ranges::fill(row_of(targets, i), std::numeric_limits<Real>::quiet_NaN());
  return std::ssize(rows);
}

void set_targets(const std::string& source, Tensor targets, std::vector<std::string> names, Dataset& data,
                 std::optional<LabelKind> asked, const LabelColumn* lists) {
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
    if (printable(name) != name) refuse_unprintable_label(source, name);
  LabelReading classes = classes_in(source, targets, names, lists);
  if (bits || (classes.problem.empty() && targets.columns() > 1))
    data.other_readings.push_back(std::move(classes));
  else if (are_probabilities(targets))
    add_doubt_of_probabilities(source, data);
  if (!bits) add_doubt_of_numbers(targets, names, data);
  data.class_names = std::move(names);
  data.targets = std::move(targets);
  add_label_note(data, bits ? "a node may have several of " + std::to_string(data.classes()) +
                                  " labels: the task is multi-label, unless --task says otherwise"
                            : real_note);
  if (forgotten > 0)
    add_label_note(data, "rows of -1 among the labels are no labels; " + counted(forgotten, "node") +
                             has_or_have(forgotten) + " one");
}

}  // namespace mercer
