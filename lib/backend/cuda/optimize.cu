#include "backend/cuda/steps.cuh"
#include "backend/cuda/sum.cuh"
#include "backend/dense_ops.hpp"

namespace mercer::cuda {
void adam_step(ConstView g, const AdamFactors& given, View w, View m, View v) {
  const AdamFactors by = given;
  for_each("adam_step", w.size(),
           [=] MERCER_HD(Index n) { take_adam_step_here(by, g.data[n], w.data[n], m.data[n], v.data[n]); });
}

void sgd_step(ConstView g, const SgdFactors& given, View w, View m) {
  const SgdFactors by = given;
  for_each("sgd_step", w.size(), [=] MERCER_HD(Index n) {
    take_sgd_step_here(by, g.data[n], w.data[n], m.data == nullptr ? nullptr : m.data + n);
  });
}

double sum_of_squares(ConstView x) {
  Buffer total(sizeof(double), Device::cuda);
  sum_over_rows<double>(
      "sum_of_squares", x.size(), 1, [=] MERCER_HD(Index n, Index) { return squared(x.data[n]); },
      static_cast<double*>(total.data()));
  double result = 0;
  copy_bytes(&result, Device::cpu, total.data(), Device::cuda, sizeof result);
  return result;
}

}  // namespace mercer::cuda
