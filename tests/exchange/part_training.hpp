#pragma once

#include <string>
#include <vector>

#include "mercer/exchange/ranks.hpp"
#include "mercer/models/build.hpp"
#include "mercer/partition/partition.hpp"
#include "mercer/training/node_classification.hpp"

/// A model trained for two epochs on the whole of a small graph and on its parts.
namespace mercer::test {

struct PartTraining {
  std::vector<double> losses;        // of each epoch
  Tensor logits;                     // of all nodes, in the training pass of epoch 0
  std::vector<Tensor> parameters{};  // after the last epoch
};

PartTraining trained_on_the_whole(const ModelOptions& options, Device device);
PartTraining trained_on_parts(const ModelOptions& options, const std::vector<Index>& sizes, Device device,
                              const RankOptions& where = {});

/// Calls train with early stopping on the ranks of these parts, or on the whole graph without parts; returns each
/// rank's result.
std::vector<TrainResult> trained(const ModelOptions& options, const std::vector<Index>& sizes, Device device,
                                 const RankOptions& where = {});

/// Checks that logits of epoch 0 have the same bits (up to rounding for models whose frequencies or norms depend on the
/// means of all nodes), and that losses and parameters agree up to the rounding of sums.
void check_training(const ModelOptions& options, const std::vector<Index>& sizes, Device device,
                    const RankOptions& where = {});

inline constexpr Index trained_nodes = 60;

}  // namespace mercer::test
