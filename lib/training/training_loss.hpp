#pragma once

#include <cstdint>
#include <optional>

#include "mercer/autograd/functions.hpp"
#include "mercer/training/trainer.hpp"

namespace mercer {

/// Mean cross entropy of the training nodes + penalty, or this rank's share of their sum. What the nodes should be goes
/// to the device once.
class TrainingLoss {
 public:
  TrainingLoss(const Task& task, std::uint64_t seed) : task_(task), seed_(seed) {}

  /// That of an epoch, whose draws are those of the whole graph. `step_there`: as in Stream.
  Variable of(Index epoch, const std::uint32_t* step_there = nullptr);

 private:
  Targets targets_of(const Variable& logits) const;

  const Task& task_;
  std::uint64_t seed_;
  std::optional<Targets> targets_;
};

}  // namespace mercer
