#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "backend/cuda/compare.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "backend/operators.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

const Real nan = std::numeric_limits<Real>::quiet_NaN();

/// Runs a case on fixed operands of their own sizes.
void check(const char* name, Closeness closeness, const std::function<std::vector<Tensor>(Device)>& run) {
  check_on_both({name, closeness, [&](Device on, Index, Shape) { return run(on); }}, 0, {1, 0});
}

/// Heads of three: all 0, one inf, one NaN, huge, tiny, equal.
Tensor odd_heads() {
  return Tensor::from({{0, 0, 0, infinity, 1, -2},
                       {nan, 1, 2, Real(1e30), Real(-2e30), Real(1e30)},
                       {Real(1e-30), Real(-1e-30), 0, 5, 5, 5},
                       {Real(-0.0), 3, 0, Real(1e-7), Real(2e-7), 0}});
}

}  // namespace

TEST_SUITE("cuda = cpu, special values" * doctest::skip(!device_present())) {
  TEST_CASE("norms of zero and of huge heads") {
    for (const Real p : {Real(1), Real(2), Real(3), Real(1.5)})
      check("squared_norm", Closeness::each_value, [p](Device on) {
        const Tensor x = odd_heads().to(on), dm = operand(on, 4, 2, 1);
        Tensor m = Tensor::uninitialized(4, 2, on), dx = Tensor::uninitialized(4, 6, on);
        op::squared_norm(x, p, 2, m);
        op::squared_norm_backward(x, p, 2, dm, dx);
        return std::vector<Tensor>{m, dx};
      });
  }

  TEST_CASE("unit heads of zero and constant heads") {
    for (const bool centred : {false, true})
      check("unit_heads", Closeness::whole, [centred](Device on) {
        const Tensor x = odd_heads().to(on);
        Tensor y = Tensor::uninitialized(4, 6, on), dy = operand(on, 4, 6, 1);
        op::unit_heads(x, 2, centred, y);
        op::unit_heads_backward(x, y, 2, centred, dy);
        return std::vector<Tensor>{y, dy};
      });
  }

  TEST_CASE("softmax far from 0, of inf and of NaN") {
    check("log_softmax", Closeness::each_value, [](Device on) {
      const Tensor x = Tensor::from({{1000, 999, -1000},
                                     {-1000, -1001, -infinity},
                                     {nan, 1, 2},
                                     {1, 2, nan},
                                     {infinity, 1, 2},
                                     {-infinity, -infinity, -infinity}})
                           .to(on);
      Tensor y = Tensor::uninitialized(6, 3, on), dy = operand(on, 6, 3, 1);
      op::log_softmax(x, y);
      op::log_softmax_backward(x, dy);
      return std::vector<Tensor>{y, dy};
    });
  }

  TEST_CASE("peaks of inf and of NaN, first and later") {
    check("exp_below_peak", Closeness::each_value, [](Device on) {
      const Tensor u = Tensor::from({{nan, 1, 2}, {1, nan, 2}, {-infinity, 1, -90}, {infinity, 1, 2}}).to(on);
      Tensor phi = Tensor::uninitialized(4, 3, on), peak = Tensor::uninitialized(4, 1, on);
      op::exp_below_peak(u, phi, peak);
      return std::vector<Tensor>{phi, peak};
    });
  }

  TEST_CASE("waves of whole and half turns, many turns, inf and NaN") {
    check("fourier_features", Closeness::whole, [](Device on) {
      const Tensor x =
          Tensor::from({{0}, {Real(0.25)}, {Real(-0.5)}, {1000}, {Real(-1000.125)}, {infinity}, {nan}}).to(on);
      const Tensor w = Tensor::from({{1, 2, -1}}).to(on);
      const std::vector<ConstView> sets{w};
      Tensor phi = Tensor::uninitialized(7, 6, on);
      op::fourier_features(x, sets, 1, phi);
      return std::vector<Tensor>{phi};
    });
  }

  TEST_CASE("dropout of zeros has the sign of the CPU's") {
    check("dropout", Closeness::bits, [](Device on) {
      // chunks of 128: all zeros, some of them negative; ones among them; one in 16
      Tensor x(5, 100);
      for (Index n = 0; n < x.size(); ++n)
        x.data()[n] = n % 7 == 0                            ? Real(-0.0)
                      : n < 140 || (n > 256 && n % 16 != 3) ? Real(0)
                      : n % 11 == 0                         ? nan
                                                            : Real(1);
      x = x.to(on);
      Tensor y = Tensor::uninitialized(5, 100, on);
      op::dropout(x, Dropout{0.3f, {5, 6, 7}}, nullptr, y);
      return std::vector<Tensor>{y};
    });
  }
}

}  // namespace mercer::test
