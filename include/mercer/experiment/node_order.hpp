#pragma once

#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/experiment/trained_model.hpp"

namespace mercer {

/// The model, with its record of the training data (parts of the nodes, fingerprint) brought into the order of `data`.
/// Nodes are matched by name, if at least half of the model's are in `data` in another order; nodes that are new get no
/// part. The fingerprint changes only where both have the same nodes.
TrainedModel in_order_of(TrainedModel trained, const Dataset& data);

/// problem_for a model that is in_order_of these data already; `moved`: they are in another order than its own.
Problem problem_in_order(const TrainedModel& trained, bool moved, Dataset data, const Machine& machine,
                         DataChoice choice);

/// What each node was in the model's training, of a graph that holds all of the model's nodes and others: by their
/// names, or in front of the others by what they have in common. Empty for another graph.
SplitParts parts_in_larger(const TrainedModel& trained, const Dataset& data);

/// How many of these names are those of training nodes.
Index count_trained(const TrainedModel& trained, const std::vector<std::string>& names);

}  // namespace mercer
