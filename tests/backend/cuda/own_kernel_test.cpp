// Users' kernels on a device, compiled by mercer_add_kernel.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "../apps/examples/student_t.hpp"
#include "backend/cuda/attend/attend_check.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/own_kernels.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// One kernel of every kind, or those that were compiled.
std::vector<AnyKernel> own_kernels() {
  const OwnMixture mixture{{.components = 2, .rank = 3, .shift = 2}};
  if (!has_every_own_kernel()) return {StudentT{.nu = Real(2.5)}, mixture};
  return {StudentT{.nu = Real(2.5)},
          CubedExponential{},
          WeightedCosine{},
          BellOfSum{},
          Stereographic{.dimensions = 3},
          mixture};
}

void check_on_device(const AttentionCase& c) {
  CAPTURE(std::string(c.kernel.name()));
  CAPTURE(c.rows());
  const AttentionOperands x = operands_of(c);
  check_results(run(c, x), run(c, x.to(Device::cuda)), 2e-5);  // sums of up to 1,500 edges
  release_unused_memory();
}

struct NeverCompiled {
  static constexpr std::string_view name = "never_compiled";
  static constexpr bool smooth_at_zero = true;
  MERCER_HD Dot pairing() const { return {}; }
  MERCER_HD Real log_value(Real t) const { return t; }
  MERCER_HD Real log_slope(Real) const { return 1; }
};

}  // namespace

TEST_SUITE("kernels of one's own on a device" * doctest::skip(!device_present())) {
  TEST_CASE("a device agrees with the CPU") {
    for (const AnyKernel& kernel : own_kernels())
      for (const auto& [heads, d, e] : {AttentionShape{2, 3, 5}, {8, 8, 8}, {3, 16, 17}}) {
        check_on_device({.graph = Graph(scattered(33)), .kernel = kernel, .shape = {heads, d, e}});
        check_on_device({.graph = Graph(scattered(33)),
                         .kernel = kernel,
                         .shape = {heads, d, e},
                         .row_sum = false,
                         .biased = true,
                         .shifted = true,
                         .dropout = 0.3});
      }
  }

  TEST_CASE("rows of several chunks, and a slope that the forward pass saves") {
    for (const AnyKernel& kernel : own_kernels())
      check_on_device({.graph = Graph(symmetrised(star(1500))), .kernel = kernel, .shape = {2, 4, 8}});
    if (has_every_own_kernel())
      check_on_device({.graph = Graph(scattered(33)), .kernel = BellOfSum{}, .shape = {4, 1, 8}, .keeps_slope = true});
  }

  TEST_CASE("streamed through the device they have the same bits") {
    for (const AnyKernel& kernel : own_kernels()) {
      CAPTURE(std::string(kernel.name()));
      const AttentionCase c{.graph = Graph(scattered(40)), .kernel = kernel, .shape = {2, 4, 8}};
      const AttentionOperands x = operands_of(c);
      const AttentionResults want = run(c, x.to(Device::cuda)), got = run_streamed(c, x, std::size_t{24} << 10);
      for (const Tensor AttentionResults::*of :
           {&AttentionResults::y, &AttentionResults::dq, &AttentionResults::dk, &AttentionResults::dv}) {
        const Tensor there = (want.*of).to(Device::cpu);
        CHECK(std::ranges::equal((got.*of).values(), there.values()));
      }
      release_unused_memory();
    }
  }

  TEST_CASE("weights and factors of the edges") {
    const Graph g(scattered(17));
    const Tensor q = random_tensor(17, 6, 1), k = random_tensor(17, 6, 2);
    std::vector<AnyKernel> kernels{StudentT{}};
    if (has_every_own_kernel()) kernels.emplace_back(Stereographic{.dimensions = 3});
    for (const AnyKernel& kernel : kernels) {
      const Factors want = attention_factors(g, kernel, Variable(q), Variable(k), {.heads = 2}),
                    got = attention_factors(g, kernel, Variable(q.to(Device::cuda)), Variable(k.to(Device::cuda)),
                                            {.heads = 2});
      CHECK(max_abs_difference(want.alpha, got.alpha.to(Device::cpu)) < 1e-5);
      CHECK(max_abs_difference(want.similarity, got.similarity.to(Device::cpu)) < 1e-5);
    }
    release_unused_memory();
  }

  TEST_CASE("a kernel that was not compiled for a device is refused with the way out") {
    const Graph g(scattered(9));
    const Variable x(random_tensor(9, 4, 1).to(Device::cuda)), on_cpu(random_tensor(9, 4, 1));
    constexpr const char* want =
        "[attend] the kernel never_compiled was not compiled for CUDA: name its header by mercer_add_kernel(target "
        "HEADER … KERNEL …) in CMake, or take operands on the CPU";
    CHECK_THROWS_WITH_AS(attend(g, NeverCompiled{}, x, x, x), want, DeviceError);
    CHECK_THROWS_WITH_AS(attend(Neighbourhood(g).streamed(1 << 20), NeverCompiled{}, on_cpu, on_cpu, on_cpu), want,
                         DeviceError);
    CHECK_THROWS_WITH_AS(attention_weights(g, NeverCompiled{}, x, x), want, DeviceError);
    CHECK(attend(g, NeverCompiled{}, on_cpu, on_cpu, on_cpu).rows() == 9);
  }
}
