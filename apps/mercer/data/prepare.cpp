#include "data/prepare.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <utility>

#include "cli/errors.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/split.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"
#include "mercer/partition/part.hpp"

namespace mercer::program {

namespace {

constexpr const char* shchur = "per-class:20,30";

template <class Number>
Number number_from(std::string_view text, const std::string& whole) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw UsageError(fmt::format("--split-random {}: '{}' is not a number", whole, text));
  return value;
}

template <class Number>
std::vector<Number> numbers_from(std::string_view list, const std::string& whole) {
  std::vector<Number> numbers;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    numbers.push_back(number_from<Number>(list.substr(begin, end - begin), whole));
    begin = end + 1;
  }
  return numbers;
}

/// "per-class:T,V" leaves the rest for the test; "per-class:T,V,N" takes V and N in all; "share:T,V" takes shares.
Split random_split(const Dataset& data, const std::string& way, std::uint64_t seed) {
  const std::string_view text = way;
  if (text.starts_with("per-class:")) {
    const auto n = numbers_from<Index>(text.substr(10), way);
    if (n.size() == 2) return split_by_count(data, {.train = n[0], .validation = n[1]}, seed);
    if (n.size() == 3)
      return split_by_count(data, {.train = n[0], .validation = n[1], .validation_of_each_class = false, .test = n[2]},
                            seed);
  }
  if (text.starts_with("share:")) {
    const auto share = numbers_from<double>(text.substr(6), way);
    if (share.size() == 2) return split_by_share(data, {.train = share[0], .validation = share[1]}, seed);
  }
  throw UsageError(
      fmt::format("--split-random {}: want per-class:TRAIN,VALIDATION (of each class), per-class:TRAIN,VALIDATION,TEST "
                  "(the last two "
                  "in all) or share:TRAIN,VALIDATION",
                  way));
}

/// Numbers the nodes part by part, so that neighbours lie near one another in memory.
void reorder(Prepared& prepared, Index parts) {
  if (parts < 1) throw UsageError(fmt::format("--reorder {}: want a number of parts, at least 1", parts));
  const Partition cut = partition(prepared.data.graph, {.parts = parts});
  prepared.order = relabel(cut);
  prepared.parts = relabelled(cut);
  std::vector<Node> source;
  for (const Node i : prepared.order)
    source.push_back(prepared.source_node(i));
  prepared.data = induced(prepared.data, prepared.order);
  prepared.source_nodes = std::move(source);
}

/// Draws are by number: a graph that was reordered is split as it would have been before.
Split random_split(const Prepared& prepared, std::uint64_t seed) {
  const std::string& way = prepared.plan.random;
  if (prepared.order.empty()) return random_split(prepared.data, way, seed);
  const std::vector<Node>& order = prepared.order;
  Dataset before;
  before.class_names = prepared.data.class_names;
  before.labels.resize(order.size());
  std::vector<Node> now(order.size());
  for (std::size_t a = 0; a < order.size(); ++a) {
    const auto old = static_cast<std::size_t>(order[a]);
    before.labels[old] = prepared.data.labels[a];
    now[old] = static_cast<Node>(a);
  }
  Split split = random_split(before, way, seed);
  for (std::vector<Node>* part : {&split.train, &split.validation, &split.test})
    for (Node& i : *part)
      i = now[static_cast<std::size_t>(i)];
  return split;
}

SplitPlan plan_of(const DataChoice& choice, std::size_t given) {
  if (choice.split && choice.split_random) throw UsageError("--split and --split-random: want one of them");
  if (choice.split_random) return {SplitPlan::Kind::random, 0, *choice.split_random};
  if (given == 0) {
    if (choice.split)
      throw UsageError(
          fmt::format("--split {}: the data have no splits of their own; see --split-random", *choice.split));
    return {SplitPlan::Kind::random, 0, shchur};
  }
  if (!choice.split) return {};
  if (*choice.split == "all") return {SplitPlan::Kind::all, 0, ""};
  Index index = -1;
  const std::string& text = *choice.split;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() || index < 0 || index >= static_cast<Index>(given))
    throw UsageError(fmt::format("--split {}: want 0 … {} or all", text, given - 1));
  return {SplitPlan::Kind::given, index, ""};
}

}  // namespace

std::string SplitPlan::in_words() const {
  switch (kind) {
    case Kind::given:
      return fmt::format("given split {}", index);
    case Kind::all:
      return "all given splits in turn";
    case Kind::random:
      return "random split " + random;
  }
  return {};
}

Dataset load_data(const std::string& name) {
  if (name == "planted") return planted_citations();
  if (name == "karate") return karate();
  return read_dataset(find_dataset(name));
}

Prepared prepare(const DataChoice& choice) {
  if (choice.data.empty())
    throw UsageError("--data: got nothing, want a name or a path; mercer data list shows those that are known");
  Prepared prepared;
  prepared.data = load_data(choice.data);
  Dataset& data = prepared.data;
  prepared.plan = plan_of(choice, data.splits.size());
  prepared.symmetrise = choice.symmetrise.value_or(!data.directed);
  prepared.loops = choice.loops.value_or(true);
  prepared.largest_component = choice.largest_component.value_or(data.format == "gnn-benchmark");
  prepared.normalise_features = choice.normalise_features.value_or(std::holds_alternative<SparseMatrix>(data.features));
  if (prepared.symmetrise) data = symmetrised(std::move(data));
  if (prepared.largest_component) {
    prepared.source_nodes = largest_component(symmetrised(data.graph));
    data = induced(data, prepared.source_nodes);
  }
  if (prepared.normalise_features) data = row_normalised(std::move(data));
  data = prepared.loops ? with_loops(std::move(data)) : without_loops(std::move(data));
  if (choice.reorder) reorder(prepared, *choice.reorder);
  return prepared;
}

Split split_of(const Prepared& prepared, std::uint64_t seed, Index turn, Index& index) {
  const auto given = static_cast<Index>(prepared.data.splits.size());
  switch (prepared.plan.kind) {
    case SplitPlan::Kind::random:
      index = 0;
      return random_split(prepared, seed);
    case SplitPlan::Kind::all:
      index = turn % given;
      break;
    case SplitPlan::Kind::given:
      index = prepared.plan.index;
      break;
  }
  return prepared.data.splits.at(static_cast<std::size_t>(index));
}

void check_trainable(const Dataset& data, const Split& split) {
  if (data.classes() < 2)
    throw UsageError(fmt::format("{}: got {} classes, want at least 2 to tell apart", data.name, data.classes()));
  if (split.train.empty()) throw UsageError(data.name + ": the split has no training nodes");
}

}  // namespace mercer::program
