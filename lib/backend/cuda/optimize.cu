#include "backend/cuda/sum.cuh"
#include "backend/dense_ops.hpp"
#include "mercer/base/annotate.hpp"

namespace mercer::cuda {

void adam_step(ConstView g, const AdamFactors& factors, View w, View m, View v) {
  const AdamFactors by = factors;
  for_each("adam_step", w.size(),
           [=] MERCER_HD(Index n) { take_adam_step(by, g.data[n], w.data[n], m.data[n], v.data[n]); });
}

void sgd_step(ConstView g, const SgdFactors& factors, View w, View m) {
  const SgdFactors by = factors;
  for_each("sgd_step", w.size(), [=] MERCER_HD(Index n) {
    if (by.momentum == 0) {
      w.data[n] -= by.step * (g.data[n] + by.l2 * w.data[n]);
      return;
    }
    const Real speed = by.momentum * m.data[n] + g.data[n] + by.l2 * w.data[n];
    m.data[n] = speed;
    w.data[n] -= by.step * speed;
  });
}

double sum_of_squares(ConstView x) {
  Buffer total(sizeof(double), Device::cuda);
  sum_over_rows<double>(
      "sum_of_squares", x.size(), 1,
      [=] MERCER_HD(Index n, Index) {
        const auto value = static_cast<double>(x.data[n]);
        return value * value;
      },
      static_cast<double*>(total.data()));
  double result = 0;
  copy_bytes(&result, Device::cpu, total.data(), Device::cuda, sizeof result);
  return result;
}

}  // namespace mercer::cuda
