#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "backend/cuda/attend/attend_case.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "backend/stream_plan.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/attention/stream_use.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/kernels.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

void check_bits(const std::string& what, const Tensor& streamed, const Tensor& whole) {
  const Tensor want = whole.to(Device::cpu);
  INFO(what);
  CHECK(streamed.rows() == want.rows());
  CHECK(std::ranges::equal(streamed.values(), want.values()));
}

/// Runs with slots of at most `bytes`; returns the largest number of pieces of a pass.
std::size_t check_streamed(const AttentionCase& c, std::size_t piece_bytes) {
  CAPTURE(std::string(c.kernel.name()));
  CAPTURE(c.rows());
  CAPTURE(piece_bytes);
  const AttentionOperands x = operands_of(c);
  const AttentionResults want = run(c, x.to(Device::cuda));
  const AttentionResults got = run_streamed(c, x, 2 * piece_bytes);
  CHECK(got.guarded == want.guarded);
  check_bits("y", got.y, want.y);
  check_bits("state", got.state, want.state);
  check_bits("dq", got.dq, want.dq);
  check_bits("dk", got.dk, want.dk);
  check_bits("dv", got.dv, want.dv);
  check_bits("dkey_bias", got.dkey_bias, want.dkey_bias);
  check_bits("dedge_bias", got.dedge_bias, want.dedge_bias);
  check_bits("dedge_weight", got.dedge_weight, want.dedge_weight);
  check_bits("dquery_bias", got.dquery_bias, want.dquery_bias);
  if (!got.dweight.empty()) CHECK(relative_difference(got.dweight, want.dweight.to(Device::cpu)) < 1e-5);  // a sum
  std::size_t most = 0;
  for (const StreamPlan::Pass& pass : stream_plan(c.view(), 2 * piece_bytes).passes())
    most = std::max(most, pass.pieces.size());
  release_unused_memory();
  return most;
}

constexpr std::size_t small = 12 << 10, large = std::size_t{1} << 20;

}  // namespace

TEST_SUITE("attention streamed through a device = attention on it" * doctest::skip(!device_present())) {
  TEST_CASE("every kernel, in pieces and in one") {
    for (const AnyKernel& kernel : all_kernels()) {
      const AttentionCase c{.graph = Graph(scattered(40)), .kernel = kernel, .shape = {2, 4, 8}};
      CHECK(check_streamed(c, small) > 1);
      CHECK(check_streamed(c, large) == 1);
    }
  }

  TEST_CASE("dropout, biases and weights belong to their edges in all pieces") {
    for (const AnyKernel& kernel : {AnyKernel(Exponential{}), AnyKernel(DynamicAdditive{}), AnyKernel(InnerProduct{})})
      for (const bool shared : {false, true})
        for (const bool row_sum : {true, false})
          CHECK(check_streamed({.graph = Graph(scattered(33)),
                                .kernel = kernel,
                                .shape = {3, 5, 4},
                                .row_sum = row_sum,
                                .biased = true,
                                .shared_bias = shared,
                                .shifted = !row_sum,
                                .dropout = 0.4,
                                .query_biased = true,
                                .magnitude_dropout = shared ? 0.3 : 0,
                                .few_rows = shared},
                               small) > 1);
  }

  TEST_CASE("brain floats are rounded on the host, to the same bits") {
    for (const AnyKernel& kernel : {AnyKernel(Exponential{}), AnyKernel(SpectralMixture{}), AnyKernel(InnerProduct{})})
      CHECK(check_streamed(
                {.graph = Graph(scattered(33)), .kernel = kernel, .shape = {2, 8, 4}, .storage = Storage::bf16},
                small) > 1);
  }

  TEST_CASE("copies and kernels run in any order that the events allow") {
    const AttentionCase c{
        .graph = Graph(scattered(60)), .kernel = Additive{}, .shape = {2, 1, 8}, .biased = true, .dropout = 0.5};
    for_each_stream_order([&] { CHECK(check_streamed(c, small) > 2); });
  }

  TEST_CASE("graphs with empty rows, without edges, without rows, with more columns than rows") {
    for (const Csr& g : {no_edges(40), cycle(50), Csr(1, 30, {0, 0}, {}), Csr(2, 40, {0, 2, 3}, {1, 39, 7})})
      check_streamed({.graph = Graph(g), .kernel = Gaussian{}, .shape = {2, 8, 8}, .biased = true}, small);
  }

  TEST_CASE("blocks stream too, with dropout by their numbers") {
    const Block block = full_block(Graph(scattered(60)), std::vector<Node>{55, 1, 7, 9, 28, 30, 31, 4, 3, 16});
    for (const AnyKernel& kernel : {AnyKernel(Exponential{}), AnyKernel(InnerProduct{}), AnyKernel(Additive{})})
      CHECK(check_streamed({.kernel = kernel, .shape = {4, 8, 8}, .biased = true, .dropout = 0.4, .other = block},
                           small) > 1);
  }

  TEST_CASE("a row of 2000 edges is cut into chunks in its piece" * doctest::test_suite("attention, long")) {
    const AttentionCase rows{.graph = Graph(star(2000)), .kernel = Exponential{}, .shape = {2, 4, 8}, .dropout = 0.3};
    CHECK(check_streamed(rows, 264 << 10) > 1);
    AttentionCase columns = rows;
    columns.graph = rows.graph.reversed();
    CHECK(check_streamed(columns, 264 << 10) > 1);
  }

  TEST_CASE("attend streams on a streamed neighbourhood, forward and backward") {
    const Graph graph(scattered(50));
    const Neighbourhood through(graph, Streamed{2 * small});
    const auto run_on = [&](const Neighbourhood& g, Device device) {
      const auto operand = [&](std::uint64_t seed) { return Variable(random_tensor(50, 8, seed).to(device), true); };
      const Variable q = operand(1), k = operand(2), v = operand(3);
      const Variable y = attend(g, Exponential{}, q, k, v, {.heads = 2, .normaliser = Normaliser::softmax});
      sum(multiply(y, y)).backward();
      return std::vector{y.value().to(Device::cpu), q.grad().to(Device::cpu), k.grad().to(Device::cpu),
                         v.grad().to(Device::cpu)};
    };
    const auto want = run_on(graph, Device::cuda), got = run_on(through, Device::cpu);
    for (std::size_t n = 0; n < want.size(); ++n)
      CHECK(std::ranges::equal(got[n].values(), want[n].values()));
    CHECK(stream_use(through).passes == 3);  // forward, over rows, over columns
    CHECK(stream_use(through).most_pieces > 1);
    CHECK(stream_use(through).slot_bytes <= small);
  }

  TEST_CASE("a row that does not fit is named before anything is computed") {
    const AttentionCase c{.graph = Graph(star(2000)), .kernel = Exponential{}, .shape = {2, 4, 8}};
    const std::string message = message_of<ValueError>([&] { run_streamed(c, operands_of(c), 64 << 10); });
    CHECK(message.find("row 0 with its 2000 neighbours wants") != std::string::npos);
  }
}
