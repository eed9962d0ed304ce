// Attention on segments by products of matrices is that of the passes over edges, which a graph of the same pairs
// takes.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/base/memory_limit.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/build.hpp"
#include "support/memory_meter.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr double allowed = sizeof(Real) == 8 ? 1e-10 : 1e-4;

struct TileOperands {
  Tensor q, k, v, key_bias, dy;
  AttendOptions options{};
};

TileOperands tile_operands(const Segments& segments, Index heads, Index d, Index e, Normaliser normaliser) {
  const Index n = segments.targets(), m = segments.sources();
  return {random_tensor(n, heads * d, 1), random_tensor(m, heads * d, 2),
          random_tensor(m, heads * e, 3), random_tensor(m, heads, 4),
          random_tensor(n, heads * e, 5), {.heads = heads, .normaliser = normaliser, .guard = Real(1e-3)}};
}

/// y and the gradients of q, k, v and the key bias.
std::vector<Tensor> tile_results(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const TileOperands& x) {
  Variable q(x.q, true), k(x.k, true), v(x.v, true), bias(x.key_bias, true);
  AttendOptions options = x.options;
  options.key_bias = bias;
  Variable y = attend(neighbourhood, kernel, q, k, v, options);
  y.backward(x.dy);
  return {y.value(), q.grad(), k.grad(), v.grad(), bias.grad()};
}

void check_close(const std::vector<Tensor>& got, const std::vector<Tensor>& want) {
  for (std::size_t n = 0; n < got.size(); ++n) {
    CAPTURE(n);
    CHECK(relative_difference(got[n], want[n]) < allowed);
  }
}

void check_as_edges(const Segments& segments, const AnyKernel& kernel, const TileOperands& x) {
  check_close(tile_results(segments, kernel, x), tile_results(Graph(complete(segments)), kernel, x));
}

/// A user's kernel: κ = 1 / (1 + t)², t = ‖q − k‖².
struct InverseSquare {
  static constexpr std::string_view name = "inverse_square";
  static constexpr bool smooth_at_zero = true;
  SquaredDistance pairing() const { return {}; }
  Real log_value(Real t) const { return -2 * std::log1p(t); }
  Real log_slope(Real t) const { return -2 / (1 + t); }
};

/// The same, but signed and not smooth: κ = 2 − √t.
struct Cone {
  static constexpr std::string_view name = "cone";
  static constexpr bool smooth_at_zero = false;
  SquaredDistance pairing() const { return {}; }
  Real value(Real t) const { return 2 - std::sqrt(t); }
  Real slope(Real t) const { return -1 / (2 * std::sqrt(t)); }
};

const Segments mixed_lengths({0, 7, 7, 40, 41, 150}), mixed_lengths_causal({0, 7, 7, 40, 41, 150}, true);

}  // namespace

TEST_CASE("tiles are edges, for sizes around vectors, blocks and tiles") {
  for (const Index n : {0, 1, 7, 8, 9, 31, 32, 33, 48, 49, 127, 129, 260})
    for (const bool causal : {false, true}) {
      CAPTURE(n);
      CAPTURE(causal);
      const Segments square({0, n}, causal);
      check_as_edges(square, Exponential{Real(0.4)}, tile_operands(square, 1, 5, 9, Normaliser::softmax));
      const Segments tall({0, n}, {0, 9}, causal), wide({0, 9}, {0, n}, causal);
      for (const Segments& each : {tall, wide})
        check_as_edges(each, Gaussian{2}, tile_operands(each, 2, 8, 4, Normaliser::softmax));
    }
}

TEST_CASE("tiles are edges, for heads without columns") {
  for (const AnyKernel& kernel : {AnyKernel(Exponential{}), AnyKernel(Gaussian{})}) {
    check_as_edges(mixed_lengths, kernel, tile_operands(mixed_lengths, 2, 0, 3, Normaliser::softmax));
    check_as_edges(mixed_lengths, kernel, tile_operands(mixed_lengths, 2, 3, 0, Normaliser::softmax));
  }
}

TEST_CASE("tiles are edges, for segments of different lengths, every kind of kernel and normaliser, with dropout") {
  const AnyKernel positive[] = {Exponential{Real(0.4)}, Cauchy{2}, InverseSquare{}},
                  any_sign[] = {InnerProduct{Real(0.3), 1}, DotProductSeries{}};
  const auto check = [](const AnyKernel& kernel, Normaliser normaliser) {
    CAPTURE(std::string(kernel.name()));
    CAPTURE(static_cast<int>(normaliser));
    REQUIRE(kernel.loops().product != cpu::MatrixPairing::none);
    for (const Segments& each : {mixed_lengths, mixed_lengths_causal})
      for (const float p : {0.0f, 0.3f}) {
        TileOperands x = tile_operands(each, 3, 5, 7, normaliser);
        x.options.dropout = {.p = p, .stream = {.seed = 3, .step = 1, .call = 4}};
        check_as_edges(each, kernel, x);
      }
  };
  for (const Normaliser normaliser : {Normaliser::softmax, Normaliser::degree, Normaliser::symmetric, Normaliser::none})
    for (const AnyKernel& kernel : positive)
      check(kernel, normaliser);
  for (const Normaliser normaliser : {Normaliser::row_sum, Normaliser::symmetric})
    for (const AnyKernel& kernel : any_sign)
      check(kernel, normaliser);
}

TEST_CASE("dropout of more than eight heads draws the same masks") {
  TileOperands x = tile_operands(mixed_lengths, 11, 2, 3, Normaliser::softmax);
  x.options.dropout = {.p = 0.5f, .stream = {.seed = 8, .step = 2, .call = 1}};
  check_as_edges(mixed_lengths, Exponential{}, x);
}

TEST_CASE("gradients of tiles against central differences" * doctest::skip(sizeof(Real) != 8)) {
  for (const Segments& segments : {Segments({0, 3, 3, 12}, true), Segments({0, 1, 3}, {0, 9, 11})})
    for (const AnyKernel& kernel : {AnyKernel(Exponential{Real(0.5)}), AnyKernel(Gaussian{2}), AnyKernel(Matern{2}),
                                    AnyKernel(InnerProduct{Real(0.2), 3}), AnyKernel(InverseSquare{})}) {
      CAPTURE(std::string(kernel.name()));
      AttendOptions options{.heads = 2, .normaliser = Normaliser::row_sum};
      options.dropout = {.p = 0.3f, .stream = {.seed = 3, .step = 1, .call = 4}};
      const auto f = [&](const Variable& q, const Variable& k, const Variable& v, const Variable& bias) {
        options.key_bias = bias;
        return attend(segments, kernel, q, k, v, options);
      };
      const Index n = segments.targets(), m = segments.sources();
      check_gradient(f, random_tensor(n, 6, 1), random_tensor(m, 6, 2), random_tensor(m, 4, 3), random_tensor(m, 2, 4));
    }
}

TEST_CASE("tiles have the same bits at any number of threads") {
  const int before = threads();
  for (const AnyKernel& kernel : {AnyKernel(Exponential{}), AnyKernel(Gaussian{3})}) {
    TileOperands x = tile_operands(mixed_lengths_causal, 3, 16, 16, Normaliser::softmax);
    std::vector<Tensor> first;
    for (const int count : {1, 2, 4}) {
      set_threads(count);
      const std::vector<Tensor> got = tile_results(mixed_lengths_causal, kernel, x);
      if (first.empty()) first = got;
      for (std::size_t n = 0; n < got.size(); ++n)
        CHECK(same_bits(got[n], first[n]));
    }
  }
  set_threads(before);
}

TEST_CASE("distances by products keep their digits far from the origin and for equal rows") {
  TileOperands x = tile_operands(mixed_lengths, 2, 6, 4, Normaliser::softmax);
  for (Real& each : x.q.values())
    each += 300;
  x.k = x.q;
  for (Index i = 0; i < x.k.rows(); i += 2)
    x.k(i, 0) += Real(1) / 64;  // near pairs beside equal ones
  for (const AnyKernel& kernel : {AnyKernel(Gaussian{1}), AnyKernel(Matern{1}), AnyKernel(Cauchy{1})})
    check_as_edges(mixed_lengths, kernel, x);
}

TEST_CASE("a kernel that is not smooth at 0 goes edge by edge, to the bit") {
  REQUIRE(AnyKernel(Cone{}).loops().product == cpu::MatrixPairing::none);
  REQUIRE(AnyKernel(Laplacian{}).loops().product == cpu::MatrixPairing::none);
  REQUIRE(AnyKernel(SpectralMixture{}).loops().product == cpu::MatrixPairing::none);
  const TileOperands x = tile_operands(mixed_lengths, 2, 5, 4, Normaliser::row_sum);
  const auto got = tile_results(mixed_lengths, Cone{}, x),
             want = tile_results(Graph(complete(mixed_lengths)), Cone{}, x);
  for (std::size_t n = 0; n < got.size(); ++n)
    CHECK(same_bits(got[n], want[n]));
}

TEST_CASE("rows of weights that are all 0 give zeros, large scores don't overflow, and NaN stays in its segment") {
  TileOperands x = tile_operands(mixed_lengths, 1, 4, 3, Normaliser::softmax);
  x.key_bias = Tensor(mixed_lengths.sources(), 1);
  for (Index j = 0; j < 7; ++j)
    x.key_bias(j, 0) = -infinity;  // all sources of the first segment
  x.k(20, 0) = 3000;
  check_as_edges(mixed_lengths, Exponential{}, x);
  x.v(45, 0) = x.k(46, 1) = x.q(47, 2) = std::numeric_limits<Real>::quiet_NaN();
  const std::vector<Tensor> got = tile_results(mixed_lengths, Exponential{}, x);
  for (const Tensor& each : {got[0], got[1], got[3]})
    for (Index i = 0; i < 41; ++i)
      CHECK(std::isfinite(each(i, 0)));
  for (Index i = 0; i < 7; ++i)
    CHECK(got[0](i, 0) == 0);
}

TEST_CASE("NaN among distances stays in its segment, and is one there") {
  for (const bool of_query : {true, false}) {
    TileOperands x = tile_operands(mixed_lengths, 1, 4, 3, Normaliser::softmax);
    const std::vector<Tensor> want = tile_results(mixed_lengths, Gaussian{2}, x);
    (of_query ? x.q : x.k)(46, 1) = std::numeric_limits<Real>::quiet_NaN();
    const std::vector<Tensor> got = tile_results(mixed_lengths, Gaussian{2}, x);
    CHECK(std::isnan(got[0](46, 0)));
    for (const std::size_t each : {0u, 1u, 3u})
      for (Index i = 0; i < 41; ++i)
        CHECK(got[each](i, 0) == doctest::Approx(want[each](i, 0)).epsilon(1e-4));
  }
}

TEST_CASE("rows whose dy is 0 have no gradient, and a sum that is guarded is a constant") {
  TileOperands x = tile_operands(mixed_lengths, 2, 4, 3, Normaliser::row_sum);
  for (Index i = 5; i < 140; ++i)
    std::fill_n(x.dy.row(i), x.dy.columns(), Real(0));
  check_as_edges(mixed_lengths, Exponential{Real(0.3)}, x);
  Index by_tiles = 0, by_edges = 0;
  x.options.guard = Real(0.5);
  TileOperands y = x;
  x.options.guarded = &by_tiles, y.options.guarded = &by_edges;
  check_close(tile_results(mixed_lengths, InnerProduct{Real(0.01)}, x),
              tile_results(Graph(complete(mixed_lengths)), InnerProduct{Real(0.01)}, y));
  CHECK(by_tiles > 0);
  CHECK(by_tiles == by_edges);
}

TEST_CASE("the memory of attention on a sequence is of the operands' size" *
          doctest::skip(!MemoryMeter::measures || sizeof(Real) != 4)) {
  const Index n = 4096, d = 8;
  const Segments sequence({0, n});
  const TileOperands x = tile_operands(sequence, 1, d, d, Normaliser::softmax);
  // 40 tensors like q are 1/13 of the scores
  const MemoryLimit buffers(static_cast<std::size_t>(40 * n * d) * sizeof(Real));
  const MemoryMeter meter;
  const std::vector<Tensor> results = tile_results(sequence, Exponential{}, x);
  CHECK(all_finite(results[1]));
  CHECK(meter.peak() < static_cast<std::size_t>(40 * n * d) * sizeof(Real));
}
