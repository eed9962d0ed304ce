#include <doctest/doctest.h>

#include "backend/cuda/compare.hpp"
#include "backend/cuda/cublas_face.hpp"
#include "backend/dense_ops.hpp"
#include "mercer/device/device.hpp"

namespace mercer::test {

TEST_CASE("products use cuBLAS if there is one, else mercer's own kernel") {
  CHECK(cublas_description() == "version 13.0");
  for (const bool away : {false, true}) {
    CAPTURE(away);
    cublas_goes_away(away);
    const int before = cublas_products();
    for (const bool transpose_a : {false, true})
      for (const bool transpose_b : {false, true}) {
        const Tensor a = transpose_a ? operand(Device::cpu, 40, 5, 1) : operand(Device::cpu, 5, 40, 1);
        const Tensor b = transpose_b ? operand(Device::cpu, 7, 40, 2) : operand(Device::cpu, 40, 7, 2);
        Tensor want(5, 7), got(5, 7, Device::cuda);
        cpu::gemm(a, transpose_a, b, transpose_b, want);
        cuda::gemm(a.to(Device::cuda), transpose_a, b.to(Device::cuda), transpose_b, got);
        CHECK(difference(got.to(Device::cpu), want, Closeness::whole) == "");
      }
    CHECK(cublas_products() - before == (away ? 0 : 4));
  }
  cublas_goes_away(false);
}

}  // namespace mercer::test
