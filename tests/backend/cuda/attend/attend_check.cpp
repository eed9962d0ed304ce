#include "backend/cuda/attend/attend_check.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "backend/cuda/lane_orders.hpp"

namespace mercer::test {

void check_close(const std::string& what, const Tensor& on_cpu, const Tensor& on_device, double allowed) {
  const Tensor back = on_device.to(Device::cpu);
  REQUIRE(back.rows() == on_cpu.rows());
  REQUIRE(back.columns() == on_cpu.columns());
  double largest = 1, apart = 0;
  for (Index n = 0; n < on_cpu.size(); ++n) {
    if (std::isfinite(on_cpu.data()[n])) largest = std::max(largest, std::abs(double{on_cpu.data()[n]}));
    if (on_cpu.data()[n] == back.data()[n]) continue;  // infinities too
    const double gap = std::abs(double{on_cpu.data()[n]} - double{back.data()[n]});
    apart = std::isnan(gap) ? INFINITY : std::max(apart, gap);
  }
  INFO(what);
  CHECK(apart <= allowed * largest);
}

void check_results(const AttentionResults& on_cpu, const AttentionResults& on_device, double allowed) {
  CHECK(on_device.guarded == on_cpu.guarded);
  using R = AttentionResults;
  const std::pair<const char*, Tensor R::*> results[] = {{"y", &R::y},
                                                         {"state", &R::state},
                                                         {"guards", &R::guards},
                                                         {"dq", &R::dq},
                                                         {"dk", &R::dk},
                                                         {"dv", &R::dv},
                                                         {"dweight", &R::dweight},
                                                         {"dkey_bias", &R::dkey_bias},
                                                         {"dedge_bias", &R::dedge_bias},
                                                         {"dedge_weight", &R::dedge_weight},
                                                         {"dquery_bias", &R::dquery_bias},
                                                         {"drelative_bias", &R::drelative_bias}};
  for (const auto& [name, of] : results)
    check_close(name, on_cpu.*of, on_device.*of, allowed);
}

void check_case(const AttentionCase& c, bool in_every_order) {
  CAPTURE(std::string(c.kernel.name()));
  CAPTURE(c.rows());
  CAPTURE(c.shape.heads);
  CAPTURE(c.shape.d);
  CAPTURE(c.shape.e);
  CAPTURE(c.row_sum);
  CAPTURE(c.dropout);
  const AttentionOperands x = operands_of(c);
  const AttentionResults want = run(c, x);
  const auto check = [&] { check_results(want, run(c, x.to(Device::cuda)), c.allowed); };
  if (in_every_order)
    for_each_lane_order(check);
  else
    check();
  release_unused_memory();  // the machine checks every allocated block
}

}  // namespace mercer::test
