#pragma once

#include <functional>
#include <string>

#include "mercer/attention/stream_use.hpp"
#include "mercer/experiment/problem.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/models/build.hpp"

namespace mercer {

/// Calls `build`, which builds the model of the settings. Throws ValueError with the sizes when the model can't be
/// trained in this machine's memory, before that is asked for: its values, gradients and the optimiser's moments, or
/// the output and activation of every hidden layer at all nodes.
void require_memory(const Settings& settings, const Problem& problem, const std::function<void()>& build);

/// The memory traffic of a training step, forward and backward, when attention streams through a device. Pieces are
/// those of the training; the passes are found by a step on a graph of two nodes. `neighbourhood` must be streamed.
/// Throws ValueError when a single row is too large.
StreamUse estimate(const Neighbourhood& neighbourhood, const ModelOptions& model, Index features, Index classes);

std::string in_words(const StreamUse& needs);

}  // namespace mercer
