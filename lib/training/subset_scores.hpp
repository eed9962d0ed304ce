#pragma once

#include <cmath>
#include <limits>
#include <optional>

#include "mercer/autograd/losses.hpp"
#include "mercer/training/node_targets.hpp"

/// What the tasks on nodes and on items share.
namespace mercer {

/// Loss and score of a subset by the objective's mean_loss(outputs, rows) and score(outputs, rows); `lists` has the
/// rows train, validation and test. Nothing for an empty list; a NaN as score where the loss is not finite.
template <class Objective, class Lists>
std::optional<Scores> subset_scores(const Objective& objective, const Lists& lists, ConstView outputs, Subset which) {
  const Rows rows = which == Subset::train ? lists.train : which == Subset::validation ? lists.validation : lists.test;
  if (rows.empty()) return std::nullopt;
  Scores s{.loss = objective.mean_loss(outputs, rows), .score = std::numeric_limits<double>::quiet_NaN()};
  if (std::isfinite(s.loss)) s.score = objective.score(outputs, rows);
  return s;
}

inline Variable loss_of_targets(TargetLoss loss, const Variable& outputs, const RealTargets& targets) {
  return loss == TargetLoss::squared ? mean_squared_error(outputs, targets) : binary_cross_entropy(outputs, targets);
}

}  // namespace mercer
