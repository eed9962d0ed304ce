#include "mercer/experiment/split_parts.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {

namespace {

constexpr std::size_t parts_in_number = 10;
constexpr int kinds_of_parts = 5;
constexpr double numbers_of_parts = 9765625;  // 5^10, less than the 2^24 up to which a float has all whole numbers

}  // namespace

SplitParts parts_of(const Prepared& prepared, const Split& split) {
  const Dataset& data = prepared.data;
  const Index count = data.has_items() ? data.examples() : std::max(prepared.source.nodes, data.nodes());
  SplitParts parts(static_cast<std::size_t>(count), SplitPart::none);
  const auto part = [&](Index i) -> SplitPart& { return parts.at(static_cast<std::size_t>(prepared.source_node(i))); };
  for (std::size_t i = 0; i < data.labels.size(); ++i)
    if (data.labels[i] < 0) part(static_cast<Index>(i)) = SplitPart::unlabelled;
  for (const auto& [nodes, as] : {std::pair{&split.train, SplitPart::train},
                                  {&split.validation, SplitPart::validation},
                                  {&split.test, SplitPart::test}})
    for (const Node i : *nodes)
      part(i) = as;
  return parts;
}

Index count_in(const SplitParts& parts, SplitPart part, const Prepared& prepared, const std::vector<Node>& examples) {
  return std::ranges::count_if(examples, [&](Node i) {
    const auto number = static_cast<std::size_t>(prepared.source_node(i));
    return number < parts.size() && parts[number] == part;
  });
}

bool same_parts(const SplitParts& a, const SplitParts& b) {
  const auto at = [](const SplitParts& parts, std::size_t i) { return i < parts.size() ? parts[i] : SplitPart::none; };
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i)
    if (at(a, i) != at(b, i)) return false;
  return true;
}

Split split_of(const SplitParts& parts, const std::vector<std::int32_t>& labels) {
  Split split;
  for (std::size_t i = 0; i < std::min(parts.size(), labels.size()); ++i) {
    if (labels[i] < 0) continue;
    const auto node = static_cast<Node>(i);
    if (parts[i] == SplitPart::train) split.train.push_back(node);
    if (parts[i] == SplitPart::validation) split.validation.push_back(node);
    if (parts[i] == SplitPart::test || parts[i] == SplitPart::unlabelled) split.test.push_back(node);
  }
  return split;
}

std::string note_of_parts(const SplitParts& parts, const Prepared& prepared, bool moved) {
  const Dataset& data = prepared.data;
  const bool named = moved || !data.node_names.empty();
  Index later = 0, unlabelled = 0;
  for (Index i = 0; i < data.examples(); ++i) {
    const auto number = static_cast<std::size_t>(prepared.source_node(i));
    const SplitPart part = number < parts.size() ? parts[number] : SplitPart::none;
    const bool has_label = data.labels[static_cast<std::size_t>(i)] >= 0;
    later += part == SplitPart::unlabelled && has_label ? 1 : 0;
    unlabelled += part != SplitPart::unlabelled && part != SplitPart::none && !has_label ? 1 : 0;
  }
  std::string note = "the split is that of the model's training, by the " + std::string(named ? "names" : "numbers") +
                     " of the " + data.examples_in_words() + (moved ? ", which are in another order now" : "");
  if (later > 0)
    note += "; the " + std::to_string(later) + " that had no label then" + (moved ? " or were not there" : "") +
            " are in its test part";
  if (unlabelled > 0)
    note += "; the " + std::to_string(unlabelled) + " that have no label now are in none of its parts";
  return note;
}

Tensor packed(const SplitParts& parts) {
  Tensor numbers(1, static_cast<Index>((parts.size() + parts_in_number - 1) / parts_in_number));
  for (std::size_t i = parts.size(); i-- > 0;) {
    Real& number = numbers.data()[i / parts_in_number];
    number = number * kinds_of_parts + static_cast<Real>(parts[i]);
  }
  return numbers;
}

SplitParts unpacked(const StoredTensor& stored) {
  SplitParts parts;
  const auto unpack = [&](const auto& numbers) {
    parts.reserve(numbers.size() * parts_in_number);
    for (const double number : numbers) {
      require(number >= 0 && number < numbers_of_parts && number == std::floor(number), "split.parts",
              "want whole numbers below 5^10, a digit for each example");
      int rest = static_cast<int>(number);
      for (std::size_t n = 0; n < parts_in_number; ++n, rest /= kinds_of_parts)
        parts.push_back(static_cast<SplitPart>(rest % kinds_of_parts));
    }
  };
  std::visit(unpack, stored.values);
  return parts;
}

}  // namespace mercer
