#pragma once

#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/training/item_classification.hpp"
#include "training/subset_scores.hpp"

/// What the tasks on items in batches share. An objective says what they differ in:
/// - items: what the user gave (parameters, predict, train, validation, test, batch, seed …); count(): their number;
/// - Variable loss(outputs, mine): the mean over the items `mine`, whose outputs these are;
/// - double mean_loss(outputs, rows) and score(outputs, rows).
namespace mercer {

template <class Objective>
Variable item_loss(const Objective& objective, const Batch& batch, Pass& pass) {
  std::vector<Node> mine;
  for (const Node n : batch.items)
    mine.push_back(objective.items.train[static_cast<std::size_t>(n)]);
  const auto [outputs, penalty] = objective.items.predict(mine, pass);
  const Variable loss = objective.loss(outputs, mine);
  return penalty ? add(loss, penalty) : loss;
}

template <class Objective>
Variable item_outputs(const Objective& objective, Rows wanted) {
  const auto outputs = [&](std::span<const Node> some, Pass& pass) {
    return objective.items.predict(some, pass).logits;
  };
  return Variable(predict_items(outputs, wanted, objective.count(), 0, objective.items.evaluated_at_once));
}

/// Throws ValueError without training items or `predict`, for an item out of range, and for a batch below 1.
template <class Objective>
Task item_task(const char* op, Objective given) {
  const auto& items = given.items;
  const Index count = given.count();
  require(static_cast<bool>(items.predict), op, "there is no function `predict`");
  require(!items.train.empty(), op, "no training items");
  expect_at_least_one(op, "batch", items.batch);
  for (const Rows rows : {items.train, items.validation, items.test})
    for (const Node item : rows)
      require(item >= 0 && item < count, op,
              "item: got " + std::to_string(item) + ", want 0 to " + std::to_string(count - 1));
  const auto objective = std::make_shared<const Objective>(std::move(given));
  const auto everything = std::make_shared<std::vector<Node>>(static_cast<std::size_t>(count));
  std::iota(everything->begin(), everything->end(), Node{0});
  const auto& kept = objective->items;
  return {.parameters = kept.parameters,
          .loss = [objective](const Batch& batch, Pass& pass) { return item_loss(*objective, batch, pass); },
          .predict = [objective, everything](Pass&) { return item_outputs(*objective, *everything); },
          .predict_validation = [objective](Pass&) { return item_outputs(*objective, objective->items.validation); },
          .score = [objective](ConstView outputs,
                               Subset which) { return subset_scores(*objective, objective->items, outputs, which); },
          .batches = BatchSource::shuffled(std::ssize(kept.train), kept.batch, kept.seed),
          .buffers = kept.buffers};
}

}  // namespace mercer
