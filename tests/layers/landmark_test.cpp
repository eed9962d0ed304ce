// Attention of sequences in linear time: through landmarks, and through features.
#include <doctest/doctest.h>

#include <cmath>
#include <type_traits>
#include <vector>

#include "layers/stacked.hpp"
#include "mercer/base/check.hpp"
#include "mercer/features/maclaurin_map.hpp"
#include "mercer/features/positive_map.hpp"
#include "mercer/kernel/exponential.hpp"
#include "mercer/kernel/gaussian.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "mercer/layers/nystrom_layers.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr bool is_double = std::is_same_v<Real, double>;
const Segments four({0, 5, 5, 6, 9});  // the second is empty, the third of one row

/// The rows of two matrices, one below the other.
Tensor below(const Tensor& a, const Tensor& b) {
  Tensor all(a.rows() + b.rows(), a.columns());
  std::copy_n(a.data(), a.size(), all.data());
  std::copy_n(b.data(), b.size(), all.data() + a.size());
  return all;
}

template <class Layer, class Own>
Layer layer_of(const Own& own, std::uint64_t seed = 5) {
  Random random(seed);
  return {{.in = 3, .width = 2, .heads = 2}, own, random};
}

template <class Layer>
void check_gradients(const Layer& layer) {
  const Variable x(noise(9, 3, 6), true);
  std::vector<Variable> held{x};
  for (const Parameter& p : layer.parameters())
    if (p.variable.wants_grad()) held.push_back(p.variable);
  const auto run = [&] {
    Pass pass = Pass::training(3, 1);
    return layer(four, x, pass).y;
  };
  CHECK(held_gradient_gap(run, held) < 1e-6);
}

}  // namespace

TEST_CASE("stacked matrices: products, transposes, the heads of segments") {
  const Index count = 3, m = 4;
  const Tensor a = noise(count * m, m, 1), b = noise(count * m, 2, 2);
  const Tensor ab = stacked_product(Variable(a), Variable(b), count).value();
  for (Index s = 0; s < count; ++s)
    for (Index i = 0; i < m; ++i)
      for (Index c = 0; c < 2; ++c) {
        double sum = 0;
        for (Index j = 0; j < m; ++j)
          sum += static_cast<double>(a(s * m + i, j)) * static_cast<double>(b(s * m + j, c));
        CHECK(static_cast<double>(ab(s * m + i, c)) == doctest::Approx(sum).epsilon(1e-4));
      }
  const Tensor x = noise(6, 4, 3);  // two segments of three rows, two heads
  const Variable stacked = stacked_heads(Variable(x), 3, 2);
  REQUIRE(stacked.rows() == 12);
  for (Index s = 0; s < 2; ++s)
    for (Index h = 0; h < 2; ++h)
      for (Index i = 0; i < 3; ++i)
        CHECK(stacked.value()((s * 2 + h) * 3 + i, 1) == x(s * 3 + i, h * 2 + 1));
  CHECK(same_bits(heads_side_by_side(stacked, 3, 2).value(), x));
}

TEST_CASE("inverses of stacked matrices: six steps near the exact one, with gradients") {
  const Index count = 2, m = 5;
  Tensor a(count * m, m);
  const Tensor r = noise(count * m, m, 4, 0.2);
  for (Index b = 0; b < count; ++b)
    for (Index i = 0; i < m; ++i)
      for (Index j = 0; j < m; ++j)
        a(b * m + i, j) = (r(b * m + i, j) + r(b * m + j, i)) / 2 + (i == j ? Real(1.5) : Real(0));
  const Tensor exact = cholesky_inverse(Variable(a), count, 0).value(),
               steps = iterated_inverse(Variable(a), count, 6).value(),
               product = stacked_product(Variable(a), Variable(exact), count).value();
  CHECK(max_abs_difference(product, stacked_identity(m, count).value()) < Real(1e-5));
  CHECK(max_abs_difference(steps, exact) < Real(1e-4));
  if constexpr (is_double) {
    check_gradient([&](const Variable& x) { return iterated_inverse(x, count, 6); }, a);
    // of the symmetric part: the lower triangle alone is read
    const auto symmetric = [&](const Variable& x) {
      return cholesky_inverse(scale(add(x, stacked_transpose(x, count)), Real(0.5)), count, Real(0.1));
    };
    check_gradient(symmetric, a);
  }
  Tensor negative(1, 1);
  negative(0, 0) = -1;
  CHECK_THROWS_WITH_AS(cholesky_inverse(Variable(negative), 1, Real(0.5)), doctest::Contains("positive definite"),
                       ValueError);
}

TEST_CASE("the gaussian without normaliser is softmax's matrix between the roots of two diagonals") {
  const Index n = 6, d = 4;
  const Segments one({0, n});
  const Tensor q = noise(n, d, 1), k = noise(n, d, 2);
  const AnyKernel gaussian = AnyKernel(Gaussian{}).fitted(d);
  const Tensor C = attention_weights(one, gaussian, Variable(q), Variable(k), {.normaliser = Normaliser::none});
  Edge e = 0;
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j, ++e) {
      double dot = 0, of_q = 0, of_k = 0;
      for (Index c = 0; c < d; ++c) {
        dot += static_cast<double>(q(i, c)) * static_cast<double>(k(j, c));
        of_q += std::pow(static_cast<double>(q(i, c)), 2);
        of_k += std::pow(static_cast<double>(k(j, c)), 2);
      }
      const double want = std::exp(dot / 2 - of_q / 4 - of_k / 4);  // √d = 2
      CHECK(static_cast<double>(C(e, 0)) == doctest::Approx(want).epsilon(1e-4));
    }
}

TEST_CASE("with all rows of q and k as landmarks the completed matrix is exact") {
  const Index n = 5, d = 3, heads = 2;
  const Segments one({0, n});
  const Tensor q = noise(n, heads * d, 1, 1.5), k = noise(n, heads * d, 2, 1.5);
  const Variable v(noise(n, heads * 2, 3));
  const AnyKernel kernel = AnyKernel(Gaussian{}).fitted(d);
  const LandmarkSegments segments(one, 2 * n);
  const auto completed = [&](InverseBy by, Real gamma) {
    return attend_completed(segments, kernel, Variable(q), Variable(k), v, Variable(below(q, k)), heads, gamma, by)
        .value();
  };
  const Tensor exact =
      attend(one, kernel, Variable(q), Variable(k), v, {.heads = heads, .normaliser = Normaliser::none}).value();
  CHECK(relative_difference(completed(InverseBy::cholesky, is_double ? Real(1e-10) : Real(1e-5)), exact) <
        (is_double ? 1e-6 : 2e-3));
  // the six steps are a filter of small eigenvalues; γ = 0.1 leaves few of them here
  CHECK(relative_difference(completed(InverseBy::iteration, Real(0.1)), completed(InverseBy::cholesky, Real(0.1))) <
        0.05);
}

TEST_CASE("with every row as its landmark Nystromformer is softmax") {
  const Index n = 6, heads = 2;
  const Segments one({0, n});
  Tensor q = noise(n, heads * n, 1, 0.2);
  for (Index i = 0; i < n; ++i)
    for (Index h = 0; h < heads; ++h)
      q(i, h * n + i) += 3;  // well-conditioned
  const Variable v(noise(n, heads * 2, 3));
  const Tensor exact =
      attend(one, AnyKernel(Exponential{}).fitted(n), Variable(q), Variable(q), v, {.heads = heads}).value();
  CHECK(relative_difference(attend_by_means(LandmarkSegments(one, n), Variable(q), Variable(q), v, heads).value(),
                            exact) < 1e-3);
  CHECK(relative_difference(attend_by_means(LandmarkSegments(one, 2), Variable(q), Variable(q), v, heads).value(),
                            exact) > 1e-2);
}

TEST_CASE("landmarks: means of runs, places of rows; more than rows, one row, no rows") {
  const Tensor x = noise(9, 2, 1);
  const LandmarkSegments two(four, 2);
  CHECK(two.landmarks() == 6);
  const Tensor means = two.means(Variable(x)).value();
  for (Index c = 0; c < 2; ++c) {
    CHECK(means(0, c) == doctest::Approx((x(0, c) + x(1, c)) / 2));
    CHECK(means(1, c) == doctest::Approx((x(2, c) + x(3, c) + x(4, c)) / 3));
    CHECK(means(2, c) == x(5, c));  // both are the only row
    CHECK(means(3, c) == x(5, c));
    CHECK(means(5, c) == doctest::Approx((x(7, c) + x(8, c)) / 2));
  }
  CHECK(two.rows_at(Tensor::from({{0, Real(0.99)}})) == std::vector<Node>{0, 4, 5, 5, 6, 8});
  CHECK_THROWS_WITH_AS(LandmarkSegments(Segments({0, 3}, true), 2), doctest::Contains("causal"), ValueError);
  CHECK_THROWS_WITH_AS(LandmarkSegments(Segments({0, 3}), 0), doctest::Contains("landmarks: got 0"), ValueError);
  for (const Index landmarks : {1, 2, 7, 32}) {
    Pass pass = Pass::inference();
    const Variable wide(noise(9, 3, 2));
    const Tensor sky =
                     layer_of<SkyformerAttention>(SkyformerOptions{.landmarks = landmarks})(four, wide, pass).y.value(),
                 nystrom =
                     layer_of<NystromAttention>(NystromOptions{.landmarks = landmarks})(four, wide, pass).y.value();
    CHECK(sky.rows() == 9);
    CHECK(all_finite(sky));
    CHECK(all_finite(nystrom));
  }
}

TEST_CASE("gradients of attention through landmarks" * doctest::skip(!is_double)) {
  for (const InverseBy by : {InverseBy::iteration, InverseBy::cholesky})
    check_gradients(layer_of<SkyformerAttention>(SkyformerOptions{.landmarks = 4, .inverse = by, .key_width = 3}));
  check_gradients(layer_of<NystromAttention>(NystromOptions{.landmarks = 3, .convolution = 3}));
}

TEST_CASE("Skyformer's landmarks are redrawn in training, kept in evaluation, saved, and the same in every batch") {
  const SkyformerAttention redrawn = layer_of<SkyformerAttention>(SkyformerOptions{.landmarks = 4}),
                           frozen =
                               layer_of<SkyformerAttention>(SkyformerOptions{.landmarks = 4, .noise = Noise::frozen});
  const Variable x(noise(9, 3, 6));
  const auto of = [&](const SkyformerAttention& layer, Pass pass) { return layer(four, x, pass).y.value(); };
  CHECK_FALSE(same_bits(of(redrawn, Pass::training(1, 1)), of(redrawn, Pass::training(1, 2))));
  CHECK(same_bits(of(redrawn, Pass::training(1, 2)), of(redrawn, Pass::training(1, 2))));
  CHECK(same_bits(of(redrawn, Pass::inference()), of(frozen, Pass::training(1, 2))));
  bool saved = false;
  for (const Parameter& p : redrawn.parameters())
    if (p.name == "places") saved = !p.variable.wants_grad();
  CHECK(saved);
  const Tensor whole = of(redrawn, Pass::inference());
  Pass pass = Pass::inference();
  const Tensor last = redrawn(Segments({0, 3}), gather_rows(x, {6, 7, 8}), pass).y.value();
  for (Index i = 0; i < 3; ++i)
    for (Index c = 0; c < 4; ++c)
      CHECK(whole(6 + i, c) == doctest::Approx(last(i, c)).epsilon(1e-4));
}

TEST_CASE("the convolution of rows by its definition, within each segment") {
  const Tensor v = noise(9, 4, 1), w = noise(5, 2, 2);
  const Tensor y = convolved_rows(four, Variable(v), Variable(w)).value();
  const auto offset = four.target_offset();
  for (std::size_t s = 0; s + 1 < offset.size(); ++s)
    for (Index i = offset[s]; i < offset[s + 1]; ++i)
      for (Index c = 0; c < 4; ++c) {
        double sum = 0;
        for (Index t = 0; t < 5; ++t)
          if (i + t - 2 >= offset[s] && i + t - 2 < offset[s + 1])
            sum += static_cast<double>(w(t, c / 2)) * static_cast<double>(v(i + t - 2, c));
        CHECK(static_cast<double>(y(i, c)) == doctest::Approx(sum).epsilon(1e-4));
      }
}

TEST_CASE("what attention through landmarks can't take is refused by name") {
  const SkyformerAttention sky = layer_of<SkyformerAttention>(SkyformerOptions{});
  const NystromAttention nystrom = layer_of<NystromAttention>(NystromOptions{});
  Pass pass = Pass::inference();
  const Variable x(noise(3, 3, 1));
  CHECK_THROWS_WITH_AS(sky(Graph(cycle(3)), x, pass), doctest::Contains("want segments"), ValueError);
  CHECK_THROWS_WITH_AS(nystrom(Segments({0, 3}, true), x, pass), doctest::Contains("causal"), ValueError);
  CHECK_THROWS_AS(sky(Segments({0, 4}), x, pass), ShapeError);
  Random random(1);
  CHECK_THROWS_WITH_AS(SkyformerAttention({.in = 3, .width = 2, .attention_dropout = 0.1f}, {}, random),
                       doctest::Contains("no weights of pairs"), ValueError);
  CHECK_THROWS_WITH_AS(NystromAttention({.in = 3, .width = 2}, {.convolution = 4}, random),
                       doctest::Contains("want an odd number"), ValueError);
  CHECK_THROWS_AS(SkyformerAttention({.in = 3, .width = 2}, {.landmarks = 0}, random), ValueError);
}

TEST_CASE("in linear time the layer's y is that of all pairs, with the same features") {
  const Segments segments({0, 7, 8, 12});
  const Variable x(noise(12, 3, 4));
  const auto both = [&](KernelAttentionOptions options) {
    std::vector<Tensor> y;
    for (const bool linear : {false, true}) {
      options.linear = linear;
      const KernelAttention layer = layer_of<KernelAttention>(options);
      Pass pass = Pass::training(1, 3);
      y.push_back(layer(segments, x, pass).y.value());
    }
    return relative_difference(y[1], y[0]);
  };
  CHECK(both({.similarity = PositiveMapOptions{.distribution = GaussianFrequencyOptions{.orthogonal = true}},
              .p = Real(2)}) < 1e-4);
  CHECK(both({.similarity = EluMapOptions{}}) < 1e-5);
  CHECK(both({.similarity = MaclaurinMapOptions{.frequencies = 40}, .power = true, .guard = 1}) < 1e-3);
  Random random(1);
  CHECK_THROWS_WITH_AS(KernelAttention({.in = 3, .width = 2}, {.linear = true}, random),
                       doctest::Contains("want an inner product of features"), ValueError);
  CHECK_THROWS_WITH_AS(KernelAttention({.in = 3, .width = 2, .attention_dropout = 0.5f},
                                       {.similarity = EluMapOptions{}, .linear = true}, random),
                       doctest::Contains("linear time"), ValueError);
  const auto with_magnitude = [&](Normaliser normaliser, float dropped) {
    return KernelAttention({.in = 3, .width = 2},
                           {.similarity = EluMapOptions{},
                            .p = Real(2),
                            .magnitude_dropout = dropped,
                            .normaliser = normaliser,
                            .linear = true},
                           random);
  };
  with_magnitude(Normaliser::row_sum, 0);
  CHECK_THROWS_WITH_AS(with_magnitude(Normaliser::degree, 0), doctest::Contains("in linear time"), ValueError);
  CHECK_THROWS_WITH_AS(with_magnitude(Normaliser::softmax, 0.1f), doctest::Contains("in linear time"), ValueError);
  const KernelAttention layer =
      layer_of<KernelAttention>(KernelAttentionOptions{.similarity = EluMapOptions{}, .linear = true});
  Pass pass = Pass::inference();
  CHECK_THROWS_WITH_AS(layer(Graph(cycle(12)), x, pass), doctest::Contains("want segments"), ValueError);
}

TEST_CASE("the power after attention is γ sign(y) |y|^β, and nothing at the start") {
  const Segments one({0, 9});
  const Variable x(noise(9, 3, 4));
  KernelAttention plain = layer_of<KernelAttention>(KernelAttentionOptions{.similarity = EluMapOptions{}}),
                  powered =
                      layer_of<KernelAttention>(KernelAttentionOptions{.similarity = EluMapOptions{}, .power = true});
  const auto y = [&](const KernelAttention& layer) {
    Pass pass = Pass::inference();
    return layer(one, x, pass).y.value();
  };
  CHECK(relative_difference(y(powered), y(plain)) < 1e-5);
  powered.power_factor.mutable_value()(0, 1) = 3;
  powered.power.mutable_value()(0, 1) = 2;
  const Tensor before = y(plain), after = y(powered);
  bool negative = false;
  for (Index i = 0; i < 9; ++i) {
    const auto old = static_cast<double>(before(i, 1));
    CHECK(static_cast<double>(after(i, 1)) == doctest::Approx(3 * old * std::abs(old)).epsilon(1e-3));
    negative = negative || old < 0;
  }
  CHECK(negative);
  if constexpr (is_double) check_gradients(powered);
}
