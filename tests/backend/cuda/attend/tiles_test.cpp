// Attention over segments on a device goes by tiles of 64 rows and columns.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "backend/cuda/attend/attend_check.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/kernel/loops/kernel_loops.hpp"
#include "support/kernels.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// The kernels that go by tiles, with logarithms whose derivatives are moderate.
std::vector<AnyKernel> tiled_kernels() {
  std::vector<AnyKernel> some;
  for (const AnyKernel& kernel : all_kernels()) {
    if (kernel.loops().product == cpu::MatrixPairing::none) continue;
    some.push_back(kernel.is<SquaredInnerProduct>() ? SquaredInnerProduct{.floor = Real(0.1)} : kernel);
  }
  return some;
}

AttentionCase tile_case(const AnyKernel& kernel, AttentionShape shape, const Segments& segments) {
  // a signed sum of many terms cancels
  return {.kernel = kernel, .shape = shape, .row_sum = !kernel.traits().is_signed, .biased = true, .other = segments};
}

bool same(const Tensor& a, const Tensor& b) {
  return std::equal(a.values().begin(), a.values().end(), b.values().begin(), b.values().end());
}

/// The rows first … last − 1.
bool finite(const Tensor& x, Index first, Index last) {
  for (Index i = first; i < last; ++i)
    for (Index c = 0; c < x.columns(); ++c)
      if (!std::isfinite(x(i, c))) return false;
  return true;
}

}  // namespace

TEST_SUITE("tiles on a device = on the CPU" * doctest::skip(!device_present())) {
  TEST_CASE("sizes around a tile, causal or not, squares and rectangles") {
    for (const Index n : {1, 8, 63, 64, 65, 130})
      for (const bool causal : {false, true}) {
        CAPTURE(n);
        check_case(tile_case(Exponential{}, {2, 8, 8}, Segments({0, n}, causal)));
        check_case(tile_case(Gaussian{2}, {1, 5, 3}, Segments({0, n}, causal)));
        check_case(tile_case(Exponential{}, {1, 4, 4}, Segments({0, n}, {0, 9}, causal)));
        check_case(tile_case(Gaussian{2}, {1, 4, 4}, Segments({0, 9}, {0, n}, causal)));
      }
  }

  TEST_CASE("widths of heads: of no pack, of one tile, of several") {
    const Segments segments({0, 5, 5, 75});
    for (const AttentionShape shape : {AttentionShape{3, 3, 5}, {1, 64, 64}, {2, 12, 68}, {1, 132, 4}, {1, 6, 130}})
      for (const AnyKernel& kernel : {AnyKernel(Exponential{}), AnyKernel(Gaussian{4})})
        check_case(tile_case(kernel, shape, segments));
    check_case(tile_case(Exponential{}, {1, 260, 8}, segments));  // more than shared memory holds: edge by edge
  }

  TEST_CASE("every kernel, both dropouts, fixed normalisers, rows without gradient" *
            doctest::test_suite("tiles, long")) {
    const Segments segments({0, 3, 3, 70, 81}, true);
    for (const AnyKernel& kernel : tiled_kernels()) {
      AttentionCase c = tile_case(kernel, {9, 4, 8}, segments);
      c.dropout = 0.4;
      check_case(c);
      c.magnitude_dropout = 0.3, c.query_biased = true;
      check_case(c);
      c.transposed = true, c.few_rows = true, c.magnitude_dropout = 0, c.query_biased = false;
      check_case(c);
      c = tile_case(kernel, {2, 4, 8}, segments);
      c.row_sum = false, c.shifted = true, c.query_biased = true;
      check_case(c);
      c.storage = Storage::bf16;
      check_case(c);
      c.shape = {2, 3, 5};  // rounded, but not packed
      check_case(c);
    }
  }

  TEST_CASE("a signed sum that is guarded") {
    AttentionCase c = tile_case(InnerProduct{}, {2, 4, 4}, Segments({0, 2, 5}));
    c.row_sum = true;
    check_case(c);
  }

  TEST_CASE("relative biases: tables that are longer and shorter than the sequences" *
            doctest::test_suite("tiles, long")) {
    for (const Index reach : {0, 1, 30, 63, 200})
      for (const bool causal : {false, true})
        for (const AnyKernel& kernel : {AnyKernel(Exponential{}), AnyKernel(Gaussian{2}), AnyKernel(InnerProduct{})}) {
          CAPTURE(reach);
          AttentionCase c = tile_case(kernel, {2, 4, 5}, Segments({0, 9, 9, 150, 214}, causal));
          c.relative = reach;
          c.allowed = 3e-5;  // a clipped offset sums thousands of pairs
          check_case(c);
          c.dropout = 0.4, c.few_rows = true;
          check_case(c);
        }
    AttentionCase c = tile_case(Exponential{}, {1, 72, 68}, Segments({0, 70}));  // several panels
    c.relative = 20;
    check_case(c, true);
    c.shape = {1, 200, 150};
    CHECK(message_of<DeviceError>([&] {
            run(c, operands_of(c).to(Device::cuda));
          }).starts_with("[attend] relative_bias: got the kernel dot and heads of 200 and 150 columns"));
  }

  TEST_CASE("lanes run in any order") {
    check_case(tile_case(Exponential{}, {2, 8, 8}, Segments({0, 3, 80}, true)), true);
    check_case(tile_case(Gaussian{2}, {1, 8, 4}, Segments({0, 70}, {0, 9})), true);
  }

  TEST_CASE("the same bits on every run") {
    const AttentionCase c = tile_case(Exponential{}, {2, 8, 8}, Segments({0, 30, 150}, true));
    const AttentionOperands x = operands_of(c).to(Device::cuda);
    const AttentionResults first = run(c, x), second = run(c, x);
    CHECK(same(first.y.to(Device::cpu), second.y.to(Device::cpu)));
    CHECK(same(first.dk.to(Device::cpu), second.dk.to(Device::cpu)));
  }

  TEST_CASE("what is not finite stays in its segment") {
    const AttentionCase c = tile_case(Exponential{}, {1, 4, 4}, Segments({0, 10, 20}));
    AttentionOperands x = operands_of(c);
    x.v(3, 1) = std::numeric_limits<Real>::quiet_NaN();
    x.k(4, 0) = std::numeric_limits<Real>::infinity();
    const AttentionResults got = run(c, x.to(Device::cuda));
    for (const Tensor* each : {&got.y, &got.dq, &got.dk, &got.dv}) {
      const Tensor back = each->to(Device::cpu);
      CHECK(finite(back, 10, 20));
    }
    CHECK(!finite(got.y.to(Device::cpu), 0, 10));
  }

  TEST_CASE("attention on segments, by the call that users make") {
    const Segments segments({0, 7, 90}, true);
    const auto y_and_dq = [&](Device on) {
      Variable q(random_tensor(90, 8, 1).to(on), true), k(random_tensor(90, 8, 2).to(on)),
          v(random_tensor(90, 8, 3).to(on));
      Variable y = attend(segments, Exponential{Real(0.5)}, q, k, v, {.heads = 2});
      y.backward(random_tensor(90, 8, 4).to(on));
      return std::vector<Tensor>{y.value().to(Device::cpu), q.grad().to(Device::cpu)};
    };
    const auto on_cpu = y_and_dq(Device::cpu), on_device = y_and_dq(Device::cuda);
    check_close("y", on_cpu[0], on_device[0]);
    check_close("dq", on_cpu[1], on_device[1]);
  }

  TEST_CASE("weights have their relative bias") {
    const Segments segments({0, 7, 20});
    const auto weights = [&](Device on) {
      const Variable q(random_tensor(20, 4, 1).to(on)), bias(random_tensor(5, 2, 2).to(on));
      return attention_weights(segments, Exponential{}, q, q, {.heads = 2, .relative_bias = bias}).to(Device::cpu);
    };
    check_close("alpha", weights(Device::cpu), weights(Device::cuda));
  }
}
