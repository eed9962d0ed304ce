#include "mercer/experiment/split_plan.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/data/split.hpp"
#include "mercer/experiment/prepare.hpp"

namespace mercer {

namespace {

constexpr const char* usual = "per-class:20,30";
constexpr Index usual_of_each_class = 50;
constexpr const char* of_small_classes = "share:0.6,0.2";

template <class Number>
Number number_from(std::string_view text, const std::string& whole) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw ValueError("[split-random] " + whole + ": '" + std::string(text) + "' is not a number");
  if (text.size() > 1 && text[0] == '0' && text[1] != '.')
    throw ValueError("[split-random] " + whole + ": got " + std::string(text) +
                     ", want a number without leading zeros");
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

/// The K of "folds:K"; nothing for another way.
std::optional<Index> folds_of(const std::string& way) {
  if (!way.starts_with("folds:")) return std::nullopt;
  const auto folds = number_from<Index>(std::string_view(way).substr(6), way);
  if (folds < 3)
    throw ValueError("[split-random] got " + way +
                     ", want 3 folds or more: one for the test, one for the validation, the others for the training");
  return folds;
}

/// "per-class:T,V" tests on the rest; "per-class:T,V,N" takes V and N nodes in all; "share:T,V" takes shares.
Split random_split(const Dataset& data, const std::string& way, std::uint64_t seed) {
  const std::string_view text = way;
  if (text.starts_with("per-class:")) {
    if (data.label_kind != LabelKind::classes)
      throw ValueError("[split-random] got " + way + ", but " + data.examples_in_words() +
                       " have no classes here, want share:TRAIN,VALIDATION");
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
      "all), share:TRAIN,VALIDATION or folds:COUNT");
}

/// The name of the option in place of the function's, and the way out.
[[noreturn]] void refuse_way(const ValueError& error, const std::string& way) {
  const std::string what = error.what();
  if (what.starts_with("[split-random]")) throw error;
  const std::size_t end = what.starts_with("[") ? what.find("] ") : std::string::npos;
  throw ValueError("[split-random] " + way + ": " + (end == std::string::npos ? what : what.substr(end + 2)) +
                   (way.starts_with("per-class") ? "; shares of each class fit any size, as share:0.6,0.2" : ""));
}

Index number_in(const std::string& text, Index count, const std::string& wanted) {
  Index index = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool leads_with_zero = text.size() > 1 && text[0] == '0';
  if (error != std::errc() || end != text.data() + text.size() || leads_with_zero || index < 0 || index >= count)
    throw ValueError("[split] got " + text + wanted);
  return index;
}

/// ", want 0 … 9"
std::string wanted_of(Index count) { return ", want 0 … " + std::to_string(count - 1); }

/// The numbers of "0", "0,2,5" or "all", which is none.
std::vector<Index> turns_from(const std::string& text, Index count, const std::string& wanted) {
  std::vector<Index> turns;
  if (text == "all") return turns;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const Index turn = number_in(text.substr(begin, end - begin), count, wanted);
    require(std::ranges::find(turns, turn) == turns.end(), "split",
            "got " + text + ", want each number once: " + std::to_string(turn) + " comes twice");
    turns.push_back(turn);
    begin = end + 1;
  }
  return turns;
}

/// "given split 0", "given splits 0, 2 in turn", "all given splits in turn".
std::string in_turn(const std::string& what, const std::vector<Index>& turns) {
  if (turns.empty()) return "all " + what + "s in turn";
  if (turns.size() == 1) return what + " " + std::to_string(turns.front());
  std::string text = what + "s";
  for (const Index turn : turns)
    text += (turn == turns.front() ? " " : ", ") + std::to_string(turn);
  return text + " in turn";
}

/// The plan where nothing was asked for and no split is given.
SplitPlan usual_plan(const Dataset& data) {
  SplitPlan plan{.kind = SplitPlan::Kind::random, .random = usual};
  if (data.label_kind != LabelKind::classes) {
    plan.random = of_small_classes;
    plan.why = std::string("no split is given: --split-random ") + of_small_classes + " is taken, 60 % of the " +
               data.examples_in_words() + " with a label train, 20 % validate, the others test";
    return plan;
  }
  if (data.has_items()) {
    plan.random = of_small_classes;
    plan.why = "no split is given: 60 % of each class train, 20 % validate, the others test";
    return plan;
  }
  std::vector<Index> sizes(data.class_names.size(), 0);
  for (const std::int32_t label : data.labels)
    if (label >= 0) ++sizes[static_cast<std::size_t>(label)];
  const auto smallest = std::ranges::min_element(sizes);
  if (smallest == sizes.end() || *smallest >= usual_of_each_class) {
    plan.why = "no split is given: 20 nodes of each class train, 30 validate, the others test";
    return plan;
  }
  plan.random = of_small_classes;
  plan.why = "no split is given, and class " + data.class_names[static_cast<std::size_t>(smallest - sizes.begin())] +
             " has " + std::to_string(*smallest) + " nodes, too few for " + usual + ": --split-random " +
             of_small_classes + " is taken, 60 % of each class train, 20 % validate, the others test";
  return plan;
}

}  // namespace

std::string SplitPlan::in_words() const {
  if (of_model) return "the split of the model's training";
  switch (kind) {
    case Kind::given:
      return in_turn("given split", turns);
    case Kind::random:
      return "random split " + random + (seed ? " of seed " + std::to_string(*seed) : "");
    case Kind::folds:
      return in_turn("fold", turns) + " of " + random + ", seed " + std::to_string(seed.value_or(0));
  }
  return {};
}

SplitPlan SplitPlan::of_seeds(Index seeds, Index given) const {
  SplitPlan taken = *this;
  const Index count = size(given);
  if (kind == Kind::random || of_model || (1 < count && count <= seeds)) return taken;
  taken.turns.clear();
  for (Index turn = 0; turn < std::min(seeds, count); ++turn)
    taken.turns.push_back(of_turn(turn, kind == Kind::folds ? *folds_of(random) : given));
  return taken;
}

std::string SplitPlan::left_out(Index seeds, Index given) const {
  if (kind == Kind::random || seeds >= size(given)) return {};
  if (kind == Kind::given) {
    const std::string count = std::to_string(size(given));
    std::string text = seeds == 1 ? "split" : "splits";
    for (Index turn = 0; turn < seeds; ++turn)
      text += (turn == 0 ? " " : ", ") + std::to_string(of_turn(turn, given));
    return text + (turns.empty() ? " of " : " of the chosen ") + count + "; --seeds " + count + " takes all of them";
  }
  if (!turns.empty()) return {};
  const Index folds = size(given);
  return (seeds == 1 ? "fold 0 alone tests" : "folds 0 to " + std::to_string(seeds - 1) + " alone test") +
         std::string(", whatever the seed: --seeds ") + std::to_string(folds) + " takes all in turn, --split 1 another";
}

Index SplitPlan::size(Index given) const {
  if (kind == Kind::random) return 1;
  if (!turns.empty()) return std::ssize(turns);
  return kind == Kind::folds ? *folds_of(random) : given;
}

Index SplitPlan::of_turn(Index turn, Index count) const {
  return turns.empty() ? turn % count : turns[static_cast<std::size_t>(turn) % turns.size()];
}

SplitPlan plan_of(const DataChoice& choice, const Dataset& data) {
  const auto given = static_cast<Index>(data.splits.size());
  const std::optional<Index> folds = choice.split_random ? folds_of(*choice.split_random) : std::nullopt;
  if (folds)
    return {.kind = SplitPlan::Kind::folds,
            .turns = turns_from(choice.split.value_or("all"), *folds,
                                wanted_of(*folds) + ", the folds, a list of them or all"),
            .random = *choice.split_random,
            .seed = choice.split_seed};
  require(!choice.split || !choice.split_random, "split", "split-random is set too, want one of them");
  if (choice.split_random)
    return {.kind = SplitPlan::Kind::random, .random = *choice.split_random, .seed = choice.split_seed};
  if (given == 0) {
    require(!choice.split, "split",
            "got " + choice.split.value_or("") + ", the data have no splits of their own; see split-random");
    SplitPlan plan = usual_plan(data);
    plan.seed = choice.split_seed;
    return plan;
  }
  const bool draws = std::ranges::all_of(data.splits, [](const Split& s) { return s.validation.empty(); });
  require(!choice.split_seed || draws, "split-seed", "the data have a split of their own; split-random draws another");
  if (!choice.split) return {.seed = choice.split_seed};
  const std::string wanted =
      given == 1 ? ", but " + data.name + " has one split: 0" : wanted_of(given) + ", a list of them or all";
  return {.turns = turns_from(*choice.split, given, wanted), .seed = choice.split_seed};
}

ChosenSplit draw_split(const Dataset& data, const SplitPlan& plan, std::uint64_t seed, Index turn) {
  try {
    if (plan.kind != SplitPlan::Kind::folds) return {random_split(data, plan.random, plan.seed.value_or(seed))};
    const Index folds = *folds_of(plan.random), fold = plan.of_turn(turn, folds);
    return {split_by_fold(data, folds, fold, plan.seed.value_or(0)), fold};
  } catch (const ValueError& error) {
    refuse_way(error, plan.random);
  }
}

}  // namespace mercer
