#pragma once

#include <cstdint>

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

namespace captured {

void sum_of_squares(ConstView x, double* there);
/// Writes the outcome of a step from its loss [1, 1] and the squared norms of `count` gradients. `largest` is the
/// largest norm without clipping; 0 never clips.
void judge_step(ConstView loss, const double* squares, Index count, double largest, StepOutcome* there);
/// g = scale g
void clip(const StepOutcome* by, View g);
/// As adam_step and sgd_step of dense_ops.inc with factors on the device; they do nothing unless the outcome is finite.
void adam_step(ConstView g, const AdamFactors* there, const StepOutcome* outcome, View w, View m, View v);
void sgd_step(ConstView g, const SgdFactors* there, const StepOutcome* outcome, View w, View m);

}  // namespace captured
}  // namespace mercer
