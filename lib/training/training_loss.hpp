#pragma once

#include <cstdint>
#include <optional>

#include "mercer/autograd/functions.hpp"
#include "mercer/training/trainer.hpp"

namespace mercer {

/// Cross entropy on the training nodes + penalty. What the nodes should be goes to the device once.
class TrainingLoss {
 public:
  TrainingLoss(const Task& task, std::uint64_t seed) : task_(task), seed_(seed) {}

  /// That of an epoch. `step_there`: as in Stream.
  Variable of(Index epoch, const std::uint32_t* step_there = nullptr) {
    Pass pass =
        Pass::training(seed_, static_cast<std::uint32_t>(epoch), static_cast<Index>(task_.train.size()), step_there);
    const auto [logits, penalty] = task_.predict(pass);
    if (!targets_) targets_.emplace(task_.labels, task_.train, logits.columns(), logits.device());
    const Variable loss = cross_entropy(logits, *targets_);
    return penalty ? add(loss, penalty) : loss;
  }

 private:
  const Task& task_;
  std::uint64_t seed_;
  std::optional<Targets> targets_;
};

}  // namespace mercer
