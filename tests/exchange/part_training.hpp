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

/// By train, with an early stop, on the ranks of these parts; without parts on the whole. What each rank was given.
std::vector<TrainResult> trained(const ModelOptions& options, const std::vector<Index>& sizes, Device device,
                                 const RankOptions& where = {});

/// Logits of epoch 0 are the same bits, to rounding for models whose frequencies the means over all nodes shape; losses
/// and parameters those of the whole but for the rounding of sums.
void check_training(const std::string& model, const std::vector<Index>& sizes, Device device,
                    const RankOptions& where = {});

inline constexpr Index trained_nodes = 60;

}  // namespace mercer::test
