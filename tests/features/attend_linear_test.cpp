// Linear attention is attention with the kernel ⟨φ(q), φ(k)⟩, for every feature map that is linear.
#include "mercer/attention/attend_linear.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/memory_limit.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/device/device.hpp"
#include "mercer/features/fourier_map.hpp"
#include "mercer/features/maclaurin_map.hpp"
#include "mercer/features/positive_map.hpp"
#include "mercer/graph/build.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct LinearCase {
  Tensor phi_q, phi_k, v, key_bias, dy;
  AttendLinearOptions options{};
};

LinearCase linear_case(const Segments& segments, Index heads, Index width, Index e, const AnyKernel& kernel) {
  const Index n = segments.targets(), m = segments.sources();
  LinearCase x{random_tensor(n, heads * width, 1), random_tensor(m, heads * width, 2),
               random_tensor(m, heads * e, 3),     random_tensor(m, heads, 4),
               random_tensor(n, heads * e, 5),     {.heads = heads, .kernel = kernel}};
  for (Tensor* phi : {&x.phi_q, &x.phi_k})  // features of one sign, so that no sum is near 0
    for (Real& each : phi->values())
      each = std::abs(each);
  return x;
}

/// y and all gradients, by attend_linear or by attend.
std::vector<Tensor> linear_results(const Neighbourhood& neighbourhood, const LinearCase& x, bool linear) {
  Variable q(x.phi_q, true), k(x.phi_k, true), v(x.v, true), bias(x.key_bias, true);
  AttendLinearOptions o = x.options;
  o.key_bias = bias;
  Variable y = linear ? attend_linear(neighbourhood, q, k, v, o)
                      : attend(neighbourhood, o.kernel, q, k, v,
                               {.heads = o.heads, .normaliser = o.normaliser, .key_bias = bias, .guard = o.guard});
  y.backward(x.dy);
  return {y.value(), q.grad(), k.grad(), v.grad(), bias.grad()};
}

void check_as_attend(const Segments& segments, const LinearCase& x) {
  const auto got = linear_results(segments, x, true), want = linear_results(Graph(complete(segments)), x, false);
  for (std::size_t n = 0; n < got.size(); ++n) {
    CAPTURE(n);
    CHECK(relative_difference(got[n], want[n]) < (sizeof(Real) == 8 ? 1e-10 : 1e-4));
  }
}

}  // namespace

TEST_CASE("linear attention is attention, for every kernel, normaliser and size, causal or not") {
  const Segments cases[] = {Segments({0, 7, 7, 40, 41}),    Segments({0, 7, 7, 40, 41}, true),
                            Segments({0, 2, 5}, {0, 9, 9}), Segments({0, 9, 12}, {0, 4, 40}, true),
                            Segments({0, 300}, true),       Segments({0, 300}, {0, 290}, true),
                            Segments({0, 20}, {0, 530}),    Segments({0, 20}, {0, 530}, true)};
  for (const Segments& each : cases)
    for (const AnyKernel& kernel : {AnyKernel(InnerProduct{Real(0.5), 0}), AnyKernel(InnerProduct{Real(0.5), 1}),
                                    AnyKernel(PositiveInnerProduct{Real(0.5)})}) {
      CAPTURE(each.sources());
      CAPTURE(std::string(kernel.name()));
      LinearCase x = linear_case(each, 2, 5, 3, kernel);
      for (const Normaliser normaliser : {Normaliser::row_sum, Normaliser::symmetric}) {
        x.options.normaliser = normaliser;
        check_as_attend(each, x);
      }
    }
  for (const Index n : sizes)
    for (const bool causal : {false, true})
      for (const Normaliser normaliser : {Normaliser::softmax, Normaliser::degree, Normaliser::none}) {
        const Segments sequence({0, n}, causal);
        LinearCase x = linear_case(sequence, 1, 8, 9, PositiveInnerProduct{});
        x.options.normaliser = normaliser;
        check_as_attend(sequence, x);
      }
}

TEST_CASE("a positive kernel of negative features, whose floor linear attention leaves out, is refused") {
  const Segments sequence({0, 4});
  const auto refused = [&](Real q, Real k, const AnyKernel& kernel) {
    Tensor of_q = Tensor::filled(4, 2, 1), of_k = of_q;
    of_q(2, 1) = q;
    of_k(3, 0) = k;
    return message_of<ValueError>(
        [&] { attend_linear(sequence, Variable(of_q), Variable(of_k), Variable(Tensor(4, 2)), {.kernel = kernel}); });
  };
  CHECK(
      refused(-1, 1, PositiveInnerProduct{}) ==
      "[attend_linear] phi_q, row 2, column 1: got -1.000000, want at least 0 with positive_inner_product, whose floor "
      "is left out; attend takes such features, and inner_product too");
  CHECK(refused(1, -2, PositiveInnerProduct{}).starts_with("[attend_linear] phi_k, row 3, column 0: got -2.000000"));
  CHECK(refused(1, 1, PositiveInnerProduct{-1}).starts_with("[attend_linear] scale of positive_inner_product: got -1"));
  CHECK(refused(0, 0, PositiveInnerProduct{}).empty());
  CHECK(refused(-1, -2, InnerProduct{}).empty());
}

TEST_CASE("causal linear attention is a quotient of prefix sums") {
  const Index n = 600, width = 3, e = 2;
  const Segments sequence({0, n}, true);
  LinearCase x = linear_case(sequence, 1, width, e, InnerProduct{});
  x.key_bias.set_zero();
  const Tensor y = linear_results(sequence, x, true).front();
  double sums[width][e] = {}, total[width] = {}, largest = 0;
  for (Index i = 0; i < n; ++i) {
    double above[e] = {}, below = 0;
    for (Index f = 0; f < width; ++f) {
      total[f] += static_cast<double>(x.phi_k(i, f));
      below += static_cast<double>(x.phi_q(i, f)) * total[f];
      for (Index c = 0; c < e; ++c) {
        sums[f][c] += static_cast<double>(x.phi_k(i, f) * x.v(i, c));
        above[c] += static_cast<double>(x.phi_q(i, f)) * sums[f][c];
      }
    }
    for (Index c = 0; c < e; ++c)
      largest = std::max(largest, std::abs(above[c] / below - static_cast<double>(y(i, c))));
  }
  CHECK(largest < (sizeof(Real) == 8 ? 1e-12 : 1e-5));
}

TEST_CASE("gradients of linear attention against central differences" * doctest::skip(sizeof(Real) != 8)) {
  for (const Segments& segments : {Segments({0, 3, 9}, true), Segments({0, 1, 3}, {0, 5, 7})})
    for (const AnyKernel& kernel : {AnyKernel(InnerProduct{Real(0.5), 1}), AnyKernel(PositiveInnerProduct{})}) {
      const LinearCase x = linear_case(segments, 2, 3, 2, kernel);
      check_gradient(
          [&](const Variable& q, const Variable& k, const Variable& v, const Variable& bias) {
            AttendLinearOptions options = x.options;
            options.key_bias = bias;
            return attend_linear(segments, q, k, v, options);
          },
          x.phi_q, x.phi_k, x.v, x.key_bias);
    }
}

TEST_CASE("every linear feature map gives the attention of its kernel") {
  const HeadSizes sizes{2, 8};
  const std::pair<const char*, MakeSimilarity> maps[] = {
      {"elu + 1", EluMapOptions{}},
      {"sigmoid", SigmoidMapOptions{}},
      {"ReLU", ReluMapOptions{.frequencies = 16}},
      {"FAVOR+", PositiveMapOptions{.frequencies = 16}},
      {"FAVOR+, hyperbolic", PositiveMapOptions{.frequencies = 16, .hyperbolic = true}},
      {"Gaussian RKS",
       FourierMapOptions{.distribution = GaussianFrequencyOptions{}, .frequencies = 16, .squared = false}},
      {"FastFood", FourierMapOptions{.distribution = FastfoodOptions{}, .frequencies = 16, .squared = false}},
      {"generative RKS", FourierMapOptions{.distribution = GeneratorOptions{}, .frequencies = 16, .squared = false}},
      {"learned", FourierMapOptions{.frequencies = 16, .squared = false}},
      {"Maclaurin", MaclaurinMapOptions{.frequencies = 32}}};
  for (const auto& each : maps) {
    CAPTURE(std::string(each.first));
    Random random(3);
    const Similarity by = each.second(sizes, random);
    for (const bool causal : {false, true}) {
      const Segments segments({0, 5, 70}, causal);
      const Variable q(random_tensor(70, 16, 1), true), k(random_tensor(70, 16, 2), true);
      Pass pass = Pass::inference();
      const Compared one = by(q, k, {pass});
      const Variable v(random_tensor(70, 6, 3), true);
      Index guarded = 0;
      const Variable linear = attend_linear(
          segments, one.q, one.k, v,
          {.heads = 2, .kernel = by.kernel, .key_bias = one.key_bias, .guard = Real(0.01), .guarded = &guarded});
      const Variable exact =
          attend(Graph(complete(segments)), by.kernel, one.q, one.k, v,
                 {.heads = 2, .normaliser = Normaliser::row_sum, .key_bias = one.key_bias, .guard = Real(0.01)});
      // sums of Maclaurin's signed features come near the guard
      CHECK(relative_difference(linear.value(), exact.value()) < (sizeof(Real) == 8 ? 1e-9 : 1e-3));
    }
  }
}

TEST_CASE("a signed sum within the guard is counted, and constant for gradients; an empty sum gives 0") {
  const Segments segments({0, 2});
  Index guarded = 0;
  Variable q(Tensor::filled(2, 1, 1), true), k(Tensor::from({{1}, {-1}}), true), v(Tensor::from({{3}, {1}}), true);
  Variable y = attend_linear(segments, q, k, v, {.guard = Real(0.5), .guarded = &guarded});
  CHECK(guarded == 2);
  CHECK(y.value()(0, 0) == doctest::Approx(4));  // (3 − 1) / 0.5
  y.backward(Tensor::filled(2, 1, 1));
  CHECK(q.grad()(0, 0) == doctest::Approx(4));
  const Variable zeros = attend_linear(Segments({0, 2}, {0, 0}), q, Variable(Tensor(0, 1)), Variable(Tensor(0, 1)),
                                       {.kernel = PositiveInnerProduct{}});
  CHECK(zeros.value()(1, 0) == 0);
}

TEST_CASE("large key biases don't overflow under a row sum") {
  const Segments segments({0, 3, 6}, true);
  LinearCase x = linear_case(segments, 1, 2, 2, PositiveInnerProduct{});
  for (Real& each : x.key_bias.values())
    each += 500;
  check_as_attend(segments, x);
}

TEST_CASE("linear attention has the same bits at any number of threads, and memory of the operands' size") {
  const int before = threads();
  for (const bool causal : {false, true}) {
    const Segments sequence({0, 5000, 5010}, causal);
    const LinearCase x = linear_case(sequence, 2, 16, 8, InnerProduct{});
    std::vector<Tensor> first;
    for (const int count : {1, 2, 4}) {
      set_threads(count);
      const MemoryLimit buffers(static_cast<std::size_t>(60 * x.phi_q.size()) * sizeof(Real));
      const std::vector<Tensor> got = linear_results(sequence, x, true);
      if (first.empty()) first = got;
      for (std::size_t n = 0; n < got.size(); ++n)
        CHECK(same_bits(got[n], first[n]));
    }
  }
  set_threads(before);
}

TEST_CASE("linear attention refuses what it can't do by name") {
  const Variable x(Tensor::filled(2, 2, 1));
  CHECK(message_of<ValueError>([&] { attend_linear(Graph(cycle(2)), x, x, x); }) ==
        "[attend_linear] topology: want segments; on a graph or a block, attend takes the kernel of these features");
  CHECK(message_of<ValueError>([&] {
          attend_linear(Segments({0, 2}), x, x, x, {.kernel = SquaredInnerProduct{}});
        }) ==
        "[attend_linear] the kernel: got squared_inner_product, want inner_product or positive_inner_product, which "
        "are linear in the features");
  CHECK(message_of<ValueError>([&] {
          attend_linear(Segments({0, 2}), x, x, x, {.normaliser = Normaliser::softmax});
        }) ==
        "[attend_linear] softmax: the inner_product kernel can be negative; use row_sum, degree, symmetric or none");
  CHECK_THROWS_AS(attend_linear(Segments({0, 3}), x, x, x), ShapeError);
  CHECK_THROWS_AS(attend_linear(Segments({0, 2}), x, x, x, {.heads = 3}), ShapeError);
  CHECK_THROWS_AS(attend_linear(Segments({0, 2}), x, x, x, {.key_bias = Variable(Tensor(1, 1))}), ShapeError);
}
