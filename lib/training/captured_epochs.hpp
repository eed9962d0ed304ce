#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/capture.hpp"
#include "backend/captured_step.hpp"
#include "mercer/training/trainer.hpp"

namespace mercer {

/// The epochs of a training on a CUDA device as two CUDA graphs each: the step, and the prediction after it. The first
/// epoch is launched, the second is captured, later ones are replayed. Work that can't be captured is launched every
/// time.
class CapturedEpochs {
 public:
  /// Refers to all arguments. An epoch of the task is one whole batch.
  CapturedEpochs(const Task& task, const TrainOptions& options, Optimizer& optimizer);

  /// A step at that share of the learning rate. It isn't taken when its loss or gradients are not finite.
  StepOutcome step(Index epoch, double factor);
  /// What the task predicts, without dropout; valid until the next call.
  ConstView prediction();
  /// Why nothing is replayed; empty when it is, or hasn't been tried.
  const std::string& why_not() const { return why_not_; }

 private:
  using Launch = std::function<void(bool captured)>;
  using Work = std::unique_ptr<CapturedWork>;

  /// Returns when the work is done.
  void run(Work& work, const Launch& launch);
  void capture(Work& work, const Launch& launch);
  void forget_captures();
  /// Captured work refers to the memory of the parameters.
  void forget_captures_if_parameters_moved();

  void launch_step(Index epoch, bool captured);
  void launch_prediction(bool captured);

  const Task& task_;
  const TrainOptions& options_;
  Optimizer& optimizer_;
  PinnedBuffer scalars_, outcome_;        // StepScalars, StepOutcome
  Buffer scalars_there_, outcome_there_;  // on the device
  std::optional<PinnedBuffer> prediction_;
  Index rows_ = 0, columns_ = 0;  // of the prediction
  Index steps_ = 0;
  std::vector<const Real*> parameters_at_;
  std::string why_not_;
  std::optional<CaptureMemory> memory_;
  Work step_, evaluation_;
};

}  // namespace mercer
