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

/// How many of these names are those of training nodes.
Index count_trained(const TrainedModel& trained, const std::vector<std::string>& names);

}  // namespace mercer
