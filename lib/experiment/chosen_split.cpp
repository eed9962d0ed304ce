#include <algorithm>
#include <string>
#include <utility>

#include "base/counted.hpp"
#include "mercer/base/check.hpp"
#include "mercer/data/split.hpp"
#include "mercer/experiment/prepare.hpp"

namespace mercer {

namespace {

/// Draws by the original node numbers, so that reordering doesn't change the split.
ChosenSplit drawn_split(const Prepared& prepared, std::uint64_t seed, Index turn) {
  if (prepared.order.empty()) return draw_split(prepared.data, prepared.plan, seed, turn);
  const std::vector<Node>& order = prepared.order;
  Dataset before;
  before.class_names = prepared.data.class_names;
  before.label_kind = prepared.data.label_kind;
  before.labels.resize(order.size());
  std::vector<Node> now(order.size());
  for (std::size_t a = 0; a < order.size(); ++a) {
    const auto old = static_cast<std::size_t>(order[a]);
    before.labels[old] = prepared.data.labels[a];
    now[old] = static_cast<Node>(a);
  }
  ChosenSplit drawn = draw_split(before, prepared.plan, seed, turn);
  for (std::vector<Node>* part : {&drawn.split.train, &drawn.split.validation, &drawn.split.test})
    for (Node& i : *part)
      i = now[static_cast<std::size_t>(i)];
  return drawn;
}

/// What the reader says where nothing has a label.
std::string way_to_labels(const Dataset& data) {
  if (!data.no_labels_note.empty()) return data.no_labels_note;
  return std::string("no ") + data.example_in_words() + " has a label" +
         (data.has_items() ? " to learn" : ": add labels.csv, or a column named label");
}

}  // namespace

ChosenSplit split_of(const Prepared& prepared, std::uint64_t seed, Index turn) {
  const SplitPlan& plan = prepared.plan;
  if (plan.kind != SplitPlan::Kind::given) return drawn_split(prepared, seed, turn);
  const Index number = plan.of_turn(turn, std::ssize(prepared.data.splits));
  Split split = prepared.data.splits.at(static_cast<std::size_t>(number));
  if (prepared.validation_share == 0) return {std::move(split), number};
  return {with_validation(prepared.data, std::move(split), prepared.validation_share, plan.seed.value_or(seed)),
          number};
}

std::string way_to_validation(const Prepared& prepared, const Split& split) {
  const Dataset& data = prepared.data;
  const bool lacks = prepared.plan.kind == SplitPlan::Kind::given &&
                     std::ranges::all_of(data.splits, [](const Split& s) { return s.validation.empty(); });
  const std::string draws = "a --split-random with a validation part, as share:0.6,0.2, draws some";
  if (!lacks) return draws;
  const bool classes = data.label_kind == LabelKind::classes;
  const auto option = [](double share) { return "--validation-share " + OptionValue(share).text(); };
  const std::optional<double> least = least_validation_share(data, split);
  if (!least)
    return draws + "; " +
           (classes ? std::string("no class has two training ") + data.examples_in_words()
                    : std::string("there is one training ") + data.example_in_words());
  if (prepared.validation_share == 0)
    return option(std::max(*least, usual_validation_share)) + " takes some of the training " + data.examples_in_words();
  return option(*least) + " takes one" + (classes ? " of each class of two or more" : "") + ": " +
         OptionValue(prepared.validation_share).text() + " of " + (classes ? "each class" : "the training part") +
         " rounds to none";
}

void check_trainable(const Dataset& data, const Split& split) {
  if (data.classes() < 1) throw ValueError(data.name + ": " + way_to_labels(data));
  if (data.label_kind == LabelKind::classes && data.classes() < 2)
    throw ValueError(data.name + ": got " + counted(data.classes(), "class") + ", want at least 2");
  if (split.train.empty())
    throw ValueError(data.name + ": the split has no training " + data.examples_in_words() +
                     ": want some in the data's split, or another one, as --split-random share:0.6,0.2");
}

}  // namespace mercer
