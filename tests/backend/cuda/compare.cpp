#include "backend/cuda/compare.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "backend/cuda/lane_orders.hpp"
#include "mercer/base/random.hpp"

namespace mercer::test {
namespace {

Real largest(const Tensor& x) {
  Real most = 0;
  for (const Real value : x.values())
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  return most;
}

bool agree(Real got, Real want, Real scale, Closeness closeness) {
  if (std::isnan(got) || std::isnan(want)) return std::isnan(got) && std::isnan(want);  // a device has one NaN
  if (closeness == Closeness::bits) return std::bit_cast<std::uint32_t>(got) == std::bit_cast<std::uint32_t>(want);
  if (std::isinf(got) || std::isinf(want)) return got == want;
  constexpr Real allowed = Real(1e-5), subnormal = Real(2e-38);  // below `subnormal` the CPU's e^x is 0
  return std::abs(got - want) <= allowed * (closeness == Closeness::whole ? scale : std::abs(want)) + subnormal;
}

}  // namespace

std::string difference(const Tensor& got, const Tensor& want, Closeness closeness) {
  if (got.rows() != want.rows() || got.columns() != want.columns()) return "another size";
  const Real scale = largest(want);
  for (Index i = 0; i < want.rows(); ++i)
    for (Index c = 0; c < want.columns(); ++c)
      if (!agree(got(i, c), want(i, c), scale, closeness))
        return "(" + std::to_string(i) + ", " + std::to_string(c) + "): got " + std::to_string(got(i, c)) + ", want " +
               std::to_string(want(i, c));
  return "";
}

void check_on_both(const OperatorCase& op, Index rows, Shape shape) {
  CAPTURE(op.name);
  CAPTURE(rows);
  CAPTURE(shape.heads);
  CAPTURE(shape.width);
  const std::vector<Tensor> want = op.run(Device::cpu, rows, shape);
  for_each_lane_order([&] {
    const std::vector<Tensor> got = op.run(Device::cuda, rows, shape);
    REQUIRE(got.size() == want.size());
    for (std::size_t n = 0; n < want.size(); ++n)
      CHECK(difference(got[n].to(Device::cpu), want[n], op.closeness) == "");
  });
  release_unused_memory();  // the machine checks every allocated block
}

Tensor operand(Device on, Index rows, Index columns, std::uint64_t seed) {
  Tensor x = Tensor::uninitialized(rows, columns);
  Random random(seed);
  for (Real& value : x.values()) {
    const double size = random.uniform(0.1, 1.5);
    value = static_cast<Real>(random.below(8) == 0 ? -size : size);
  }
  return x.to(on);
}

}  // namespace mercer::test
