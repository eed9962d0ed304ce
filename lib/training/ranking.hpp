#pragma once

#include <utility>
#include <vector>

/// Quality of scores that rank positives above negatives.
namespace mercer {

using Scored = std::vector<std::pair<double, bool>>;  // a score, and is it of a positive?

/// Mann and Whitney: the chance that a positive has a higher score than a negative; ties count one half. There must be
/// both.
double area_under_roc(Scored scored);

/// Σ_t (recall_t − recall_{t−1}) precision_t over the thresholds t from the highest score down; equal scores are one
/// threshold. There must be a positive.
double area_of_steps(Scored scored);

}  // namespace mercer
