#pragma once

#include <cstdint>

#include "backend/optimize.hpp"
#include "mercer/tensor/view.hpp"

/// The end of a training step that the device takes without asking the host, so that it can be captured and replayed.
namespace mercer {

/// What changes from one step to the next: the host writes it, the device reads it.
struct StepScalars {
  std::uint32_t step = 0;            // of every draw
  StepFactors decaying{}, spared{};  // of weights that decay, and of those that don't
};

/// What the host wants to know afterwards.
struct StepOutcome {
  double norm = 0;      // of the gradients, before clipping
  Real loss = 0;        // before the step
  Real scale = 1;       // of the gradients, which clips them
  bool finite = false;  // are loss and norm? Otherwise the step isn't taken
};

namespace captured {

void sum_of_squares(ConstView x, double* there);
/// The outcome of a step with that loss [1, 1] and those squared norms of `count` gradients; largest 0: not clipped.
void judge_step(ConstView loss, const double* squares, Index count, double largest, StepOutcome* there);
/// g = scale g
void clip(const StepOutcome* by, View g);
/// As those of the host's factors, but for a step that isn't to be taken.
void adam_step(ConstView g, const AdamFactors* there, const StepOutcome* outcome, View w, View m, View v);
void sgd_step(ConstView g, const SgdFactors* there, const StepOutcome* outcome, View w, View m);

}  // namespace captured
}  // namespace mercer
