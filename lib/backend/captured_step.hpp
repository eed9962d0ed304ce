#pragma once

#include <cstdint>
#include <span>

#include "backend/optimize.hpp"
#include "mercer/tensor/view.hpp"

/// The end of a training step without the host: the device itself decides about it, so that it can be captured.
namespace mercer {

/// The numbers that change from step to step; the host writes them, the device reads them.
struct StepScalars {
  std::uint32_t step = 0;            // the step of all random streams
  StepFactors decaying{}, spared{};  // for weights that decay, and for those that don't
};

/// The result of a step; the host reads it afterwards.
struct StepOutcome {
  double norm = 0;      // norm of the gradients before clipping
  Real loss = 0;        // loss before the step
  Real scale = 1;       // factor that clips the gradients
  bool finite = false;  // loss and norm are finite; otherwise the step isn't taken
};

/// The memory of one parameter in a step. Moments are null where the rule keeps none.
struct StepTensor {
  const Real* gradient;
  Real *weights, *first, *second;
  Index size;
  Index decays;  // 1 or 0; as wide as the others, so that no padding is copied to the device
};

/// Each of these is one launch for up to a few dozen parameters.
namespace captured {

/// Numbers that sum_squares writes.
Index count_of_squares(std::span<const StepTensor> all);
/// Sums of squares of all gradients in pieces, which judge_step adds up as sum_of_squares of dense_ops.inc does.
void sum_squares(std::span<const StepTensor> all, double* there);
/// Writes the outcome of a step from its loss [1, 1] and those sums. `largest` is the largest norm without clipping; 0
/// never clips.
void judge_step(ConstView loss, std::span<const StepTensor> all, const double* squares, double largest,
                StepOutcome* there);
/// As adam_step and sgd_step of dense_ops.inc on the clipped gradients, with factors on the device; they do nothing
/// unless the outcome is finite.
void adam_steps(std::span<const StepTensor> all, const StepScalars* there, const StepOutcome* outcome);
void sgd_steps(std::span<const StepTensor> all, const StepScalars* there, const StepOutcome* outcome);

}  // namespace captured
}  // namespace mercer
