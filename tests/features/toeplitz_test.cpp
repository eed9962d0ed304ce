// A relative bias in linear attention: products by FFT are those of all pairs.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "mercer/attention/attend_linear.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/memory_limit.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/build.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

Tensor of_one_sign(Tensor x) {
  for (Real& each : x.values())
    each = std::abs(each);
  return x;
}

struct ToeplitzCase {
  Tensor phi_q, phi_k, v, key_bias, relative_bias, dy;
  AttendLinearOptions options{};
};

/// Offsets up to `reach` have a bias of their own, farther ones that of the nearest.
ToeplitzCase toeplitz_case(Index rows, Index heads, Index reach, const AnyKernel& kernel) {
  return {of_one_sign(random_tensor(rows, heads * 4, 1)),
          of_one_sign(random_tensor(rows, heads * 4, 2)),
          random_tensor(rows, heads * 3, 3),
          random_tensor(rows, heads, 4),
          random_tensor(2 * reach + 1, heads, 5),
          random_tensor(rows, heads * 3, 6),
          {.heads = heads, .kernel = kernel}};
}

std::vector<Tensor> toeplitz_results(const Segments& segments, const ToeplitzCase& x, ToeplitzBy by) {
  Variable q(x.phi_q, true), k(x.phi_k, true), v(x.v, true), bias(x.key_bias, true), table(x.relative_bias, true);
  AttendLinearOptions options = x.options;
  options.key_bias = bias, options.relative_bias = table, options.toeplitz = by;
  Variable y = attend_linear(segments, q, k, v, options);
  y.backward(x.dy);
  return {y.value(), q.grad(), k.grad(), v.grad(), bias.grad(), table.grad()};
}

}  // namespace

TEST_CASE("a relative bias by FFT is that by pairs: any length, causal or not, with the gradients") {
  const std::vector<Index> lengths[] = {{0, 1}, {0, 2}, {0, 7}, {0, 16}, {0, 17, 17, 48}, {0, 127}, {0, 5, 251}};
  for (const auto& offset : lengths)
    for (const bool causal : {false, true})
      for (const AnyKernel& kernel :
           {AnyKernel(PositiveInnerProduct{Real(0.5)}), AnyKernel(InnerProduct{Real(0.5), 1})})
        for (const Normaliser normaliser : {Normaliser::row_sum, Normaliser::none}) {
          CAPTURE(offset.back());
          CAPTURE(causal);
          CAPTURE(std::string(kernel.name()));
          const Segments segments(offset, causal);
          ToeplitzCase x = toeplitz_case(offset.back(), 2, 9, kernel);
          x.options.normaliser = normaliser;
          const auto fft = toeplitz_results(segments, x, ToeplitzBy::fft),
                     pairs = toeplitz_results(segments, x, ToeplitzBy::pairs);
          for (std::size_t n = 0; n < fft.size(); ++n) {
            CAPTURE(n);
            CHECK(relative_difference(fft[n], pairs[n]) < (sizeof(Real) == 8 ? 1e-11 : 1e-5));
          }
        }
}

TEST_CASE("a relative bias by FFT from the definition: row L + i - j, and the nearest beyond") {
  const Index n = 11, L = 3;
  const Segments sequence({0, n});
  ToeplitzCase x = toeplitz_case(n, 1, L, PositiveInnerProduct{});
  x.options.normaliser = Normaliser::none;
  x.key_bias.set_zero();
  const Tensor y = toeplitz_results(sequence, x, ToeplitzBy::fft).front();
  for (Index i = 0; i < n; ++i) {
    double sum = 0;
    for (Index j = 0; j < n; ++j) {
      double kappa = 0;
      for (Index f = 0; f < 4; ++f)
        kappa += static_cast<double>(x.phi_q(i, f)) * static_cast<double>(x.phi_k(j, f));
      const Index row = L + std::clamp(i - j, -L, L);
      sum += std::exp(static_cast<double>(x.relative_bias(row, 0))) * kappa * static_cast<double>(x.v(j, 2));
    }
    CHECK(static_cast<double>(y(i, 2)) == doctest::Approx(sum).epsilon(1e-5));
  }
}

TEST_CASE("gradients of a relative bias by FFT against central differences" * doctest::skip(sizeof(Real) != 8)) {
  for (const bool causal : {false, true}) {
    const Segments segments({0, 3, 9}, causal);
    const ToeplitzCase x = toeplitz_case(9, 2, 4, PositiveInnerProduct{});
    check_gradient(
        [&](const Variable& q, const Variable& k, const Variable& v, const Variable& bias, const Variable& table) {
          AttendLinearOptions options = x.options;
          options.key_bias = bias, options.relative_bias = table, options.toeplitz = ToeplitzBy::fft;
          return attend_linear(segments, q, k, v, options);
        },
        x.phi_q, x.phi_k, x.v, x.key_bias, x.relative_bias);
  }
}

TEST_CASE("weights of far apart sizes keep their digits, and large biases don't overflow under a row sum") {
  ToeplitzCase x = toeplitz_case(60, 1, 59, PositiveInnerProduct{});
  for (Index r = 0; r < x.relative_bias.rows(); ++r)
    x.relative_bias(r, 0) = r < 59 ? Real(500) : Real(485);  // e^15 times as much for one side as for the other
  for (const bool causal : {false, true}) {
    const Segments sequence({0, 60}, causal);
    const auto fft = toeplitz_results(sequence, x, ToeplitzBy::fft),
               pairs = toeplitz_results(sequence, x, ToeplitzBy::pairs);
    REQUIRE(all_finite(fft.front()));
    CHECK(relative_difference(fft.front(), pairs.front()) < 1e-5);
  }
}

TEST_CASE("a relative bias by FFT has the same bits at any number of threads, and memory of the operands' size") {
  const int before = threads();
  const Segments segments({0, 700, 1000});
  const ToeplitzCase x = toeplitz_case(1000, 2, 700, PositiveInnerProduct{});
  std::vector<Tensor> first;
  for (const int count : {1, 2, 4}) {
    set_threads(count);
    const MemoryLimit buffers(static_cast<std::size_t>(60 * x.phi_q.size()) * sizeof(Real));
    const std::vector<Tensor> got = toeplitz_results(segments, x, ToeplitzBy::fft);
    if (first.empty()) first = got;
    for (std::size_t n = 0; n < got.size(); ++n)
      CHECK(same_bits(got[n], first[n]));
  }
  set_threads(before);
}

TEST_CASE("a relative bias that has no meaning in linear attention is refused") {
  const Variable x(Tensor::filled(4, 2, 1)), table(Tensor(3, 1)), even(Tensor(4, 1));
  const auto said = [&](const Segments& segments, const AttendLinearOptions& options) {
    return message_of<std::invalid_argument>([&] { attend_linear(segments, x, x, x, options); });
  };
  CHECK(said(Segments({0, 2, 4}, {0, 1, 4}), {.relative_bias = table})
            .starts_with("[attend_linear] relative_bias: want segments whose targets are their sources"));
  CHECK(said(Segments({0, 4}), {.relative_bias = even})
            .starts_with("[attend_linear] rows of relative_bias: got 4, want an odd number, 2 L + 1"));
  CHECK(said(Segments({0, 4}), {.heads = 2, .relative_bias = table})
            .starts_with("[attend_linear] columns of relative_bias: got 1, want 2"));
}
