#pragma once

#include <functional>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/models/build.hpp"
#include "mercer/training/trainer.hpp"

/// A training small enough for the SIMT machine.
namespace mercer::test {

struct SmallData {
  Dataset set;
  std::vector<Node> train, validation;

  explicit SmallData(Index scale);  // 20 · scale nodes
  Input input(Device device) const;
};

TrainResult trained(const SmallData& data, const ModelOptions& options, Index epochs, Device device,
                    const std::function<void(const EpochReport&)>& on_epoch = {});

}  // namespace mercer::test
