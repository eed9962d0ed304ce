#include "mercer/experiment/prepare.hpp"

#include <charconv>
#include <string_view>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/split.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"
#include "mercer/partition/part.hpp"

namespace mercer {

namespace {

constexpr const char* shchur = "per-class:20,30";

template <class Number>
Number number_from(std::string_view text, const std::string& whole) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw ValueError("[split-random] " + whole + ": '" + std::string(text) + "' is not a number");
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

/// "per-class:T,V" tests on the rest; "per-class:T,V,N" takes V and N nodes in all; "share:T,V" takes shares.
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
  throw ValueError(
      "[split-random] got " + way +
      ", want per-class:TRAIN,VALIDATION (of each class), per-class:TRAIN,VALIDATION,TEST (the last two in "
      "all) or share:TRAIN,VALIDATION");
}

/// Numbers the nodes part by part, so that neighbours have nearby numbers.
void reorder(Prepared& prepared, Index parts) {
  require(parts >= 1, "reorder", "got " + std::to_string(parts) + " parts, want at least 1");
  const Partition cut = partition(prepared.data.graph, {.parts = parts});
  prepared.order = relabel(cut);
  prepared.parts = relabelled(cut);
  std::vector<Node> source;
  for (const Node i : prepared.order)
    source.push_back(prepared.source_node(i));
  prepared.data = induced(prepared.data, prepared.order);
  prepared.source_nodes = std::move(source);
}

/// Draws by the original node numbers, so that reordering doesn't change the split.
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
  require(!choice.split || !choice.split_random, "split", "split-random is set too, want one of them");
  if (choice.split_random) return {SplitPlan::Kind::random, 0, *choice.split_random};
  if (given == 0) {
    require(!choice.split, "split",
            "got " + choice.split.value_or("") + ", the data have no splits of their own; see split-random");
    return {SplitPlan::Kind::random, 0, shchur};
  }
  if (!choice.split) return {};
  if (*choice.split == "all") return {SplitPlan::Kind::all, 0, ""};
  Index index = -1;
  const std::string& text = *choice.split;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() || index < 0 || index >= static_cast<Index>(given))
    throw ValueError("[split] got " + text + ", want 0 … " + std::to_string(given - 1) + " or all");
  return {SplitPlan::Kind::given, index, ""};
}

}  // namespace

void DataChoice::declare(OptionList& list) {
  list.add("split", split, "which of the given splits: 0, 1 … or all (in turn, one for each seed)");
  list.add("split-random", split_random,
           "per-class:20,30  per-class:20,500,1000  share:0.6,0.2; the first where none is given");
  list.add("symmetrise", symmetrise, "edges in both directions (default, but for sets that are directed)");
  list.add("loops", loops, "every node attends to itself (default)");
  list.add("largest-component", largest_component,
           "that part alone (default for sets whose published results are for it)");
  list.add("normalise-features", normalise_features, "each node's sum to 1 (default when sparse)");
  list.add("reorder", reorder, range::count,
           "number the nodes by so many parts (METIS), so that neighbours lie near one another in memory");
}

std::string SplitPlan::in_words() const {
  switch (kind) {
    case Kind::given:
      return "given split " + std::to_string(index);
    case Kind::all:
      return "all given splits in turn";
    case Kind::random:
      return "random split " + random;
  }
  return {};
}

Prepared prepare(const DataChoice& choice) {
  if (choice.data.empty()) throw ValueError("[data] got nothing, want the name or the path of a data set");
  return prepare(load_dataset(choice.data), choice);
}

Prepared prepare(Dataset read, const DataChoice& choice) {
  Prepared prepared;
  prepared.source = fingerprint(read);
  prepared.data = std::move(read);
  Dataset& data = prepared.data;
  prepared.plan = plan_of(choice, data.splits.size());
  prepared.symmetrise = choice.symmetrise.value_or(!data.directed);
  prepared.loops = choice.loops.value_or(true);
  prepared.largest_component = choice.largest_component.value_or(data.largest_component);
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
    throw ValueError(data.name + ": got " + std::to_string(data.classes()) + " classes, want at least 2");
  if (split.train.empty()) throw ValueError(data.name + ": the split has no training nodes");
}

}  // namespace mercer
