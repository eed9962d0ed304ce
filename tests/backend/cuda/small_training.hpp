#pragma once

#include <functional>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/models/build.hpp"
#include "mercer/training/node_classification.hpp"

/// A small training for the SIMT machine.
namespace mercer::test {

struct SmallData {
  Dataset set;
  std::vector<Node> train, validation;

  explicit SmallData(Index scale);  // 20 · scale nodes
  Input input(Device device) const;
};

/// A model with first values of seed 1, and its neighbourhood, on a device.
struct SmallModel {
  Neighbourhood neighbourhood;
  Input x;
  Model model;

  SmallModel(const SmallData& data, const ModelOptions& options, Device device);
  /// A task that refers to this object and the data. Guarded row sums are counted in `guarded`.
  NodeClassification nodes(const SmallData& data, Index* guarded = nullptr) const;
};

TrainResult trained(const SmallData& data, const ModelOptions& model, const TrainOptions& options, Device device);
/// Adam with a constant rate.
TrainResult trained(const SmallData& data, const ModelOptions& options, Index epochs, Device device,
                    const std::function<void(const EpochReport&)>& on_epoch = {});

}  // namespace mercer::test
