#include "mercer/training/item_classification.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <utility>

#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/losses.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

constexpr const char* item_caller = "item_classification";

Variable loss_of(const ItemClassification& items, const Batch& batch, Pass& pass) {
  std::vector<Node> mine, rows;
  std::vector<std::int32_t> labels;
  for (const Node n : batch.items) {
    const Node item = items.train[static_cast<std::size_t>(n)];
    rows.push_back(static_cast<Node>(mine.size()));
    mine.push_back(item);
    labels.push_back(items.labels[static_cast<std::size_t>(item)]);
  }
  const auto [logits, penalty] = items.predict(mine, pass);
  const Variable loss = items.class_weights.empty()
                            ? cross_entropy(logits, labels, rows)
                            : cross_entropy(logits, labels, rows, {.class_weights = items.class_weights});
  return penalty ? add(loss, penalty) : loss;
}

/// Without weight in a batch, its loss would be 0 / 0.
void check_weights(const ItemClassification& items) {
  if (items.class_weights.empty()) return;
  for (const Node item : items.train) {
    const auto label = static_cast<std::size_t>(items.labels[static_cast<std::size_t>(item)]);
    require(label >= items.class_weights.size() || items.class_weights[label] > 0, item_caller,
            "class weight: got 0 for class " + std::to_string(label) +
                ", which training items have; want weights above 0, for a batch may hold this class alone");
  }
}

std::optional<Scores> scores(const ItemClassification& items, ConstView logits, Subset which) {
  const Rows rows = which == Subset::train ? items.train : which == Subset::validation ? items.validation : items.test;
  if (rows.empty()) return std::nullopt;
  Scores s{.loss = mean_cross_entropy(logits, items.labels, rows), .score = std::numeric_limits<double>::quiet_NaN()};
  if (std::isfinite(s.loss)) s.score = evaluate(items.metric, logits, items.labels, rows);
  return s;
}

Variable predicted(const ItemClassification& items, Rows wanted) {
  const auto logits = [&](std::span<const Node> some, Pass& pass) { return items.predict(some, pass).logits; };
  return Variable(predict_items(logits, wanted, std::ssize(items.labels), 0, items.evaluated_at_once));
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
  require(static_cast<bool>(given.predict), item_caller, "there is no function `predict`");
  require(!given.train.empty(), item_caller, "no training items");
  expect_at_least_one(item_caller, "batch", given.batch);
  for (const Rows rows : {given.train, given.validation, given.test})
    for (const Node item : rows)
      require(item >= 0 && item < std::ssize(given.labels), item_caller,
              "item: got " + std::to_string(item) + ", want 0 to " + std::to_string(std::ssize(given.labels) - 1));
  check_weights(given);
  const auto items = std::make_shared<const ItemClassification>(std::move(given));
  const auto everything = std::make_shared<std::vector<Node>>(items->labels.size());
  std::iota(everything->begin(), everything->end(), Node{0});
  return {.parameters = items->parameters,
          .loss = [items](const Batch& batch, Pass& pass) { return loss_of(*items, batch, pass); },
          .predict = [items, everything](Pass&) { return predicted(*items, *everything); },
          .predict_validation = [items](Pass&) { return predicted(*items, items->validation); },
          .score = [items](ConstView logits, Subset which) { return scores(*items, logits, which); },
          .batches = BatchSource::shuffled(std::ssize(items->train), items->batch, items->seed),
          .buffers = items->buffers};
}

}  // namespace mercer
