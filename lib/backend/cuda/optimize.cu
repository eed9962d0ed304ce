#include <cmath>

#include "backend/captured_step.hpp"
#include "backend/cuda/math.cuh"
#include "backend/cuda/sum.cuh"
#include "backend/dense_ops.hpp"
#include "mercer/base/annotate.hpp"

namespace mercer::cuda {
namespace {

/// Factors from the host; the step is taken.
template <class Factors>
struct Known {
  Factors value;
  MERCER_HD bool taken() const { return true; }
  MERCER_HD const Factors& factors() const { return value; }
};

/// Factors in device memory; the step is taken only when its outcome is finite.
template <class Factors>
struct Found {
  const Factors* there;
  const StepOutcome* outcome;
  MERCER_HD bool taken() const { return outcome->finite; }
  MERCER_HD const Factors& factors() const { return *there; }
};

/// take_adam_step of optimize.hpp. Which products are joined with a sum is stated, since a compiler may choose
/// otherwise for factors by value and by address; steps that are launched and replayed must have the same bits.
MERCER_HD inline void take_adam_step_here(const AdamFactors& by, Real g, Real& w, Real& m, Real& v) {
  const Real d = std::fma(by.l2, w, g);
  m = std::fma(by.beta1, m, rounded_product(1 - by.beta1, d));
  v = std::fma(by.beta2, v, rounded_product(rounded_product(1 - by.beta2, d), d));
  w = std::fma(by.keep, w, -(rounded_product(by.step, m) / std::fma(std::sqrt(v), by.inverse_root, by.epsilon)));
}

MERCER_HD inline void take_sgd_step_here(const SgdFactors& by, Real g, Real& w, Real* m) {
  const Real d = std::fma(by.l2, w, g), speed = by.momentum == 0 ? d : std::fma(by.momentum, *m, d);
  if (by.momentum != 0) *m = speed;
  w = std::fma(-by.step, speed, w);
}

template <class By>
void take_adam_steps(ConstView g, const By& given, View w, View m, View v) {
  const By by = given;
  for_each("adam_step", w.size(), [=] MERCER_HD(Index n) {
    if (by.taken()) take_adam_step_here(by.factors(), g.data[n], w.data[n], m.data[n], v.data[n]);
  });
}

template <class By>
void take_sgd_steps(ConstView g, const By& given, View w, View m) {
  const By by = given;
  for_each("sgd_step", w.size(), [=] MERCER_HD(Index n) {
    if (by.taken()) take_sgd_step_here(by.factors(), g.data[n], w.data[n], m.data == nullptr ? nullptr : m.data + n);
  });
}

}  // namespace

void adam_step(ConstView g, const AdamFactors& by, View w, View m, View v) {
  take_adam_steps(g, Known<AdamFactors>{by}, w, m, v);
}

void sgd_step(ConstView g, const SgdFactors& by, View w, View m) { take_sgd_steps(g, Known<SgdFactors>{by}, w, m); }

double sum_of_squares(ConstView x) {
  Buffer total(sizeof(double), Device::cuda);
  captured::sum_of_squares(x, static_cast<double*>(total.data()));
  double result = 0;
  copy_bytes(&result, Device::cpu, total.data(), Device::cuda, sizeof result);
  return result;
}

}  // namespace mercer::cuda

namespace mercer::captured {

void sum_of_squares(ConstView x, double* there) {
  cuda::sum_over_rows<double>(
      "sum_of_squares", x.size(), 1,
      [=] MERCER_HD(Index n, Index) {
        const auto value = static_cast<double>(x.data[n]);
        return value * value;
      },
      there);
}

void judge_step(ConstView loss, const double* squares, Index count, double largest, StepOutcome* there) {
  cuda::for_each("judge_step", 1, [=] MERCER_HD(Index) {
    double sum = 0;
    for (Index p = 0; p < count; ++p)
      sum += squares[p];
    StepOutcome found{.norm = std::sqrt(sum), .loss = loss.data[0]};
    found.finite = std::isfinite(found.loss) && std::isfinite(found.norm);
    if (found.finite && largest > 0 && found.norm > largest) found.scale = static_cast<Real>(largest / found.norm);
    *there = found;
  });
}

void clip(const StepOutcome* by, View g) {
  cuda::for_each("clip", g.size(), [=] MERCER_HD(Index n) { g.data[n] *= by->scale; });
}

void adam_step(ConstView g, const AdamFactors* there, const StepOutcome* outcome, View w, View m, View v) {
  cuda::take_adam_steps(g, cuda::Found<AdamFactors>{there, outcome}, w, m, v);
}

void sgd_step(ConstView g, const SgdFactors* there, const StepOutcome* outcome, View w, View m) {
  cuda::take_sgd_steps(g, cuda::Found<SgdFactors>{there, outcome}, w, m);
}

}  // namespace mercer::captured
