// Attention over blocks and segments is that of the same rows of a graph: to the bit, or to rounding where segments are
// computed by products of matrices.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <string>

#include "mercer/attention/attend.hpp"
#include "mercer/autograd/gradient_check.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"
#include "mercer/graph/build.hpp"
#include "support/graphs.hpp"
#include "support/kernels.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct AllOperands {
  Variable q{}, k{}, v{};
  AttendOptions options{};
  Tensor dy{};
};

AllOperands operands_of(const AnyKernel& kernel, Index targets, Index sources, Normaliser normaliser) {
  const Index h = 2, d = head_width(kernel, 4);
  std::uint64_t seed = 1;
  const auto operand = [&](Index rows, Index columns) { return Variable(noise(rows, columns, seed++, 0.4), true); };
  AllOperands x{.options = {.heads = h, .normaliser = normaliser, .guard = Real(1e-2)}};
  if (d > 0) x.q = operand(targets, h * d), x.k = operand(sources, h * d);
  x.v = operand(sources, h * 3);
  x.options.key_bias = operand(sources, h);
  if (kernel.is<DynamicAdditive>()) x.options.kernel_weight = operand(1, h * d);
  x.dy = noise(targets, h * 3, 9);
  return x;
}

/// y and the gradients of all given operands.
std::vector<Tensor> attended(const Neighbourhood& neighbourhood, const AnyKernel& kernel, AllOperands x) {
  for (Variable* each : {&x.q, &x.k, &x.v, &x.options.key_bias, &x.options.kernel_weight})
    if (*each) *each = Variable(each->value(), true);
  Variable y = attend(neighbourhood, kernel, x.q, x.k, x.v, x.options);
  y.backward(x.dy);
  std::vector<Tensor> results{y.value()};
  for (const Variable& each : {x.q, x.k, x.v, x.options.key_bias, x.options.kernel_weight})
    if (each) results.push_back(each.grad());
  return results;
}

Tensor rows_of(const Tensor& x, const std::vector<Node>& rows) {
  Tensor y(std::ssize(rows), x.columns());
  for (Index i = 0; i < y.rows(); ++i)
    std::copy_n(x.row(rows[static_cast<std::size_t>(i)]), x.columns(), y.row(i));
  return y;
}

const std::vector<Normaliser> all_normalisers{Normaliser::softmax, Normaliser::row_sum, Normaliser::degree,
                                              Normaliser::symmetric, Normaliser::none};

/// Calls body(kernel, normaliser) for every valid pair.
template <class Body>
void each_attention(Body&& body) {
  for (const AnyKernel& kernel : all_kernels())
    for (const Normaliser normaliser : all_normalisers) {
      if (normaliser == Normaliser::softmax && kernel.traits().is_signed) continue;
      CAPTURE(std::string(kernel.name()));
      CAPTURE(static_cast<int>(normaliser));
      body(kernel, normaliser);
    }
}

/// Sums of signed weights cancel, so a denominator near 0 magnifies their rounding.
void check_agreement(const AnyKernel& kernel, const Tensor& on_segments, const Tensor& on_graph) {
  if (kernel.loops().product == cpu::MatrixPairing::none) {
    CHECK(same_bits(on_segments, on_graph));
    return;
  }
  const double in_float = kernel.traits().is_signed ? 2e-3 : 1e-4;
  CHECK(relative_difference(on_segments, on_graph) < (sizeof(Real) == 8 ? 1e-10 : in_float));
}

const std::vector<Segments>& some_segments() {
  static const std::vector<Segments> all{Segments({0, 3, 3, 10}),
                                         Segments({0, 3, 3, 10}, true),
                                         Segments({0, 1, 2, 3}, {0, 4, 4, 9}),
                                         Segments({0, 4, 6}, {0, 2, 9}, true),
                                         Segments({0, 300}),  // rows longer than a tile
                                         Segments({0, 270}, true),
                                         Segments({0})};
  return all;
}

}  // namespace

TEST_CASE("attention on segments is that on the graph of their pairs, value and gradients, causal or not") {
  for (const Segments& segments : some_segments()) {
    CAPTURE(segments.targets());
    CAPTURE(segments.sources());
    const Graph graph(complete(segments));
    each_attention([&](const AnyKernel& kernel, Normaliser normaliser) {
      const bool large = segments.edges() > 1000;
      if (large && normaliser != Normaliser::row_sum) return;
      AllOperands x = operands_of(kernel, segments.targets(), segments.sources(), normaliser);
      for (const float p : {0.0f, 0.4f}) {
        if (large && p == 0 && !kernel.is<Exponential>() && !kernel.is<DynamicAdditive>()) continue;
        x.options.dropout = {.p = p, .stream = {.seed = 7, .step = 3, .call = 2}};
        const auto got = attended(segments, kernel, x), want = attended(graph, kernel, x);
        REQUIRE(got.size() == want.size());
        for (std::size_t n = 0; n < got.size(); ++n)
          check_agreement(kernel, got[n], want[n]);
      }
      const Factors alpha = attention_factors(segments, kernel, x.q, x.k, x.options);
      check_agreement(kernel, alpha.alpha, attention_weights(graph, kernel, x.q, x.k, x.options));
    });
  }
}

TEST_CASE("gradients of attention on segments" * doctest::skip(sizeof(Real) != 8)) {
  for (const Segments& segments : {Segments({0, 2, 5}, true), Segments({0, 1, 3}, {0, 3, 4})})
    for (const AnyKernel& kernel : {AnyKernel(Exponential{Real(0.5)}), AnyKernel(Cauchy{})})
      check_gradient([&](const Variable& q, const Variable& k,
                         const Variable& v) { return attend(segments, kernel, q, k, v, {.heads = 2}); },
                     random_tensor(segments.targets(), 4, 1), random_tensor(segments.sources(), 4, 2),
                     random_tensor(segments.sources(), 6, 3));
}

TEST_CASE("a transposed mask of dropout is that of the reversed neighbourhood") {
  const Index n = 33;
  for (const Neighbourhood& around : {Neighbourhood(Graph(scattered(n))), Neighbourhood(Segments({0, 20, n}))}) {
    // α̃ of one column at a time: v is a unit vector
    const auto matrix = [&](const Neighbourhood& over, bool transposed) {
      Tensor identity(n, 9 * n);
      for (Index j = 0; j < n; ++j)
        for (Index h = 0; h < 9; ++h)
          identity(j, h * n + j) = 1;
      return attend(over, Constant{}, {}, {}, Variable(identity),
                    {.heads = 9,
                     .normaliser = Normaliser::none,
                     .dropout = {.p = 0.4f, .stream = {.seed = 7, .step = 3, .call = 2}, .transposed = transposed}})
          .value();
    };
    const Tensor there = matrix(around, false), back = matrix(around.reversed(), true),
                 apart = matrix(around.reversed(), false);
    Index differ = 0;
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < n; ++j)
        for (Index h = 0; h < 9; ++h) {
          CHECK(there(i, h * n + j) == back(j, h * n + i));
          differ += there(i, h * n + j) != apart(j, h * n + i) ? 1 : 0;
        }
    CHECK(differ > n);
  }
}

TEST_CASE("a block of whole rows has the bits of the graph's rows, with its degrees and its dropout") {
  const Graph graph(scattered(60));
  const std::vector<Node> targets{41, 3, 2, 58, 30, 7};
  const Block block = full_block(graph, targets);
  REQUIRE(block.sources() > block.targets());
  each_attention([&](const AnyKernel& kernel, Normaliser normaliser) {
    AllOperands whole = operands_of(kernel, 60, 60, normaliser), part = whole;
    whole.options.dropout = part.options.dropout = {.p = 0.4f, .stream = {.seed = 7, .step = 3, .call = 2}};
    if (whole.q) part.q = Variable(rows_of(whole.q.value(), targets), true);
    for (Variable AllOperands::*each : {&AllOperands::k, &AllOperands::v})
      if (whole.*each) part.*each = Variable(rows_of((whole.*each).value(), block.origin().nodes), true);
    part.options.key_bias = Variable(rows_of(whole.options.key_bias.value(), block.origin().nodes), true);
    part.dy = rows_of(whole.dy, targets);
    // other rows have no gradient
    Tensor dy(60, whole.dy.columns());
    for (const Node i : targets)
      std::copy_n(whole.dy.row(i), dy.columns(), dy.row(i));
    whole.dy = dy;
    const auto want = attended(graph, kernel, whole), got = attended(block, kernel, part);
    CHECK(same_bits(got[0], rows_of(want[0], targets)));
    if (whole.q) CHECK(same_bits(got[1], rows_of(want[1], targets)));
    const std::size_t of_v = whole.q ? 3 : 1;
    for (std::size_t n = whole.q ? 2 : 1; n <= of_v + 1; ++n)  // a source sums over its targets in another order
      CHECK(max_abs_difference(got[n], rows_of(want[n], block.origin().nodes)) < 1e-4);
  });
}

TEST_CASE("a block without an origin has its own degrees and numbers") {
  const Csr g(2, 4, {0, 2, 5}, {1, 3, 0, 2, 3});
  const Tensor v = noise(4, 3, 1);
  const Variable y = attend(Block(g), Constant{}, {}, {}, Variable(v), {.normaliser = Normaliser::symmetric});
  CHECK(same_bits(y.value(),
                  attend(Graph(g), Constant{}, {}, {}, Variable(v), {.normaliser = Normaliser::symmetric}).value()));
}

TEST_CASE("a signed sum equal to the guard is not guarded") {
  const Graph g(Csr(1, 2, {0, 2}, {0, 1}));
  const auto of_sum = [&](Real guard, Index* guarded) {
    Variable q(Tensor::from({{1}}), true), k(Tensor::from({{Real(0.25)}, {Real(0.25)}}), true);
    Variable v(Tensor::from({{1}, {2}}));
    attend(g, InnerProduct{}, q, k, v, {.normaliser = Normaliser::row_sum, .guard = guard, .guarded = guarded})
        .backward(Tensor::filled(1, 1, 1));
    return k.grad();
  };
  Index guarded = 0;
  const Tensor at_guard = of_sum(Real(0.5), &guarded), far = of_sum(Real(0.1), &guarded);
  CHECK(guarded == 0);
  CHECK(same_bits(at_guard, far));
  CHECK(at_guard(0, 0) == doctest::Approx(-1));  // (1 − 1.5) / 0.5
  of_sum(Real(0.6), &guarded);
  CHECK(guarded == 1);
}

TEST_CASE("calls that a topology or an execution doesn't support are refused by name") {
  const Segments segments({0, 2});
  const Variable x(Tensor::filled(2, 2, 1));
  CHECK(message_of<ValueError>([&] { attend(segments, Gaussian{}, x, x, x, {.edge_bias = Variable(Tensor(4, 1))}); }) ==
        "[attend] edge_bias, edge_weight: segments have none; spell their pairs out: Graph{complete(segments)}");
  CHECK(message_of<ValueError>([&] { Neighbourhood(segments, Streamed{1 << 20}); }) ==
        "[Neighbourhood] streamed: got segments, want a graph or a block; run segments locally, fewer of them at a "
        "time");
  if (!cuda_available())
    CHECK(message_of<DeviceError>([] {
            attend({Graph(cycle(3)), Streamed{1 << 20}}, Constant{}, {}, {}, Variable(Tensor(3, 2)));
          }).starts_with("[attend] streamed: want a CUDA device, got none: "));
  CHECK(message_of<ValueError>([&] { Neighbourhood(Graph(cycle(3)), Streamed{}); }) ==
        "[Neighbourhood] streamed: got 0 bytes of the device, want more");
  CHECK(message_of<ValueError>([&] {
          Neighbourhood(segments, Local{}, {.type = {0, 0, 0, 0}, .types = 1});
        }) ==
        "[Neighbourhood] edge facts: got segments, whose pairs have none; spell them out: Graph{complete(segments)}");
  const Block block = full_block(Graph(cycle(4)), std::vector<Node>{1});
  CHECK(message_of<ValueError>([&] { Neighbourhood(block, Partitioned{}); }) ==
        "[Neighbourhood] partitioned: want a graph; cut it before blocks or segments are taken of it, or run these "
        "locally");
  CHECK_THROWS_AS(attend(block, Gaussian{}, x, x, x), ShapeError);
  CHECK_THROWS_AS(attend(Segments({0, 3}), Gaussian{}, x, x, x), ShapeError);
}

TEST_CASE("a negative edge weight is refused") {
  const Graph g(cycle(2));
  const Variable x(Tensor::filled(2, 2, 1));
  CHECK(message_of<ValueError>([&] {
          attend(g, Gaussian{}, x, x, x, {.edge_weight = Variable(Tensor::from({{1}, {1}, {-1}, {1}}))});
        }).starts_with("[attend] edge_weight of edge slot 2: got -1"));
}
