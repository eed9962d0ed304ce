#include "mercer/training/item_classification.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/losses.hpp"
#include "mercer/base/check.hpp"
#include "training/item_task.hpp"

namespace mercer {
namespace {

struct ItemClasses {
  ItemClassification items;

  Index count() const { return std::ssize(items.labels); }

  Variable loss(const Variable& logits, const std::vector<Node>& mine) const {
    std::vector<Node> rows(mine.size());
    std::iota(rows.begin(), rows.end(), Node{0});
    std::vector<std::int32_t> labels;
    for (const Node item : mine)
      labels.push_back(items.labels[static_cast<std::size_t>(item)]);
    return items.class_weights.empty() ? cross_entropy(logits, labels, rows)
                                       : cross_entropy(logits, labels, rows, {.class_weights = items.class_weights});
  }
  double mean_loss(ConstView logits, Rows rows) const { return mean_cross_entropy(logits, items.labels, rows); }
  double score(ConstView logits, Rows rows) const { return evaluate(items.metric, logits, items.labels, rows); }
};

/// Without weight in a batch, its loss would be 0 / 0.
void check_weights(const ItemClassification& items) {
  if (items.class_weights.empty()) return;
  for (const Node item : items.train) {
    const auto label = static_cast<std::size_t>(items.labels[static_cast<std::size_t>(item)]);
    require(label >= items.class_weights.size() || items.class_weights[label] > 0, "item_classification", [&] {
      return "class weight: got 0 for class " + std::to_string(label) +
             ", which training items have; want weights above 0, for a batch may hold this class alone";
    });
  }
}

}  // namespace

Tensor predict_items(const std::function<Variable(std::span<const Node>, Pass&)>& predict, Rows wanted, Index items,
                     Index columns, Index at_once) {
  expect_at_least_one("predict_items", "items at once", at_once);
  const NoGrad no_tape;
  Tensor all(items, columns);
  for (Index first = 0; first < std::ssize(wanted); first += at_once) {
    const Rows some = wanted.subspan(static_cast<std::size_t>(first),
                                     static_cast<std::size_t>(std::min(at_once, std::ssize(wanted) - first)));
    Pass pass = Pass::inference();
    const Tensor rows = predict(some, pass).value().to(Device::cpu);
    expect("predict_items", {{"rows of a prediction", rows.rows(), std::ssize(some)}});
    if (first == 0 && columns != rows.columns()) all = Tensor(items, rows.columns());
    for (std::size_t n = 0; n < some.size(); ++n)
      std::copy_n(rows.row(static_cast<Index>(n)), rows.columns(), all.row(some[n]));
  }
  return all;
}

Task item_classification(ItemClassification given) {
  const ItemClasses objective{std::move(given)};
  Task task = item_task("item_classification", objective);  // checks the lists
  check_weights(objective.items);
  return task;
}

}  // namespace mercer
