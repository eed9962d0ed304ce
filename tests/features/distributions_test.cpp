#include "mercer/features/frequency_distribution.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "features/drawn.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Real full = 2 * std::numbers::pi_v<Real>;

struct LawCase {
  std::string name;
  FrequencyOptions options;
};
const GeneratorOptions three_layers{.widths = GeneratorWidths::three_layers};
const std::vector<LawCase> distributions{{"learned", LearnedOptions{}},
                                         {"learned, stationary", LearnedOptions{.stationary = true}},
                                         {"learned, release", LearnedOptions{.start = FrequencyStart::release}},
                                         {"gaussian", GaussianFrequencyOptions{}},
                                         {"orthogonal", GaussianFrequencyOptions{.orthogonal = true}},
                                         {"fastfood", FastfoodOptions{}},
                                         {"mixture", SampledMixtureOptions{}},
                                         {"generator", GeneratorOptions{}},
                                         {"generator of three layers", three_layers},
                                         {"generator without norm", GeneratorOptions{.batch_norm = false}},
                                         {"ikan", SamplerOptions{.copula = false}},
                                         {"mikan", SamplerOptions{.lambda_copula = 1}},
                                         {"mikan, release", SamplerOptions{.release = true, .lambda_copula = 1}}};

const FrequencySizes small{.heads = 2, .width = 4, .frequencies = 8, .sigma = Real(0.8)};

/// The sets: those of a structured distribution are what it makes of unit vectors.
std::vector<Variable> sets_of(const Frequencies& frequencies, const FrequencySizes& sizes) {
  if (!frequencies.times) return frequencies.sets;
  Tensor units(sizes.width, sizes.heads * sizes.width);
  for (Index r = 0; r < units.rows(); ++r)
    for (Index h = 0; h < sizes.heads; ++h)
      units(r, h * sizes.width + r) = 1;
  return {transpose_heads(transpose_heads(frequencies.times(Variable(units)), 1), sizes.heads)};
}

/// Sums of the sets and of the penalty, so that one gradient covers both.
Variable everything(const Frequencies& frequencies) {
  const std::vector<Variable> sets = sets_of(frequencies, small);
  Variable all = sets.front();
  for (std::size_t s = 1; s < sets.size(); ++s)
    all = concat({all, sets[s]});
  if (!frequencies.penalty) return all;
  return concat({reshape(all, 1, all.value().size()), frequencies.penalty});
}

double length_of_column(const Tensor& w, Index first, Index d, Index m) {
  double squares = 0;
  for (Index c = 0; c < d; ++c)
    squares += static_cast<double>(w(first + c, m)) * static_cast<double>(w(first + c, m));
  return std::sqrt(squares);
}

}  // namespace

TEST_CASE("every distribution gives sets [h*d, M], parameters without decay, and the same for the same noise") {
  for (const LawCase& distribution : distributions) {
    CAPTURE(distribution.name);
    Random random(1);
    const FrequencyDistribution made = make_frequencies(distribution.options, small, random);
    const Variable noise(drawn(made, 9)), q(mercer::test::noise(6, 8, 2)), k(mercer::test::noise(6, 8, 3));
    const auto draw = [&] { return sets_of(frequencies_of(made, q, k, noise), small); };
    const std::vector<Variable> once = draw(), again = draw();
    REQUIRE_FALSE(once.empty());
    for (std::size_t s = 0; s < once.size(); ++s) {
      CHECK(once[s].rows() == 8);
      CHECK(once[s].columns() == 8);
      CHECK(all_finite(once[s].value()));
      CHECK(same_bits(once[s].value(), again[s].value()));
    }
    for (const Parameter& p : parameters_of(made, "distribution."))
      CHECK_FALSE(p.decays);
  }
}

TEST_CASE("gradients of every distribution, for its parameters and for the data that it reads") {
  if constexpr (std::is_same_v<Real, double>)
    for (const LawCase& distribution : distributions) {
      CAPTURE(distribution.name);
      Random random(1);
      const FrequencyDistribution made = make_frequencies(distribution.options, small, random);
      const Variable noise(drawn(made, 9));
      const Tensor q = mercer::test::noise(5, 8, 2), k = mercer::test::noise(5, 8, 3);
      if (std::holds_alternative<FrequencySampler>(made))
        check_gradient(
            [&](const Variable& a, const Variable& b) { return everything(frequencies_of(made, a, b, noise)); }, q, k);
      std::vector<Variable> learned;
      for (const Parameter& p : parameters_of(made, ""))
        if (p.variable.wants_grad()) learned.push_back(p.variable);
      if (learned.empty()) continue;
      const auto run = [&] { return everything(frequencies_of(made, Variable(q), Variable(k), noise)); };
      CHECK(held_gradient_gap(run, learned) < 1e-7);
    }
}

TEST_CASE("orthogonal blocks are orthogonal, of the lengths of Gaussian vectors") {
  Random random(2);
  const FrequencySizes sizes{.heads = 2, .width = 8, .frequencies = 400};
  const GaussianFrequencies distribution({.orthogonal = true}, sizes, random);
  const Tensor given = drawn(distribution, 9), w = distribution({}, {}, Variable(given)).sets.front().value();
  double mean_square = 0;
  for (Index m = 0; m < 16; ++m)
    for (Index other = 8 * (m / 8); other < m; ++other) {
      double along = 0;
      for (Index c = 0; c < 8; ++c)
        along += static_cast<double>(w(8 + c, m)) * static_cast<double>(w(8 + c, other));
      CHECK(std::abs(along) < 1e-6);
    }
  for (Index m = 0; m < 400; ++m) {
    mean_square += std::pow(length_of_column(given, 0, 8, m), 2) / 400;
    CHECK(length_of_column(w, 0, 8, m) * static_cast<double>(full) ==
          doctest::Approx(length_of_column(given, 0, 8, m)).epsilon(1e-4));
  }
  // the first direction of a block is that of its vector
  for (Index c = 0; c < 8; ++c)
    CHECK(static_cast<double>(w(c, 8) * full) == doctest::Approx(static_cast<double>(given(c, 8))).epsilon(1e-4));
  CHECK(mean_square == doctest::Approx(8).epsilon(0.1));
}

TEST_CASE("Fastfood is S H G Pi H B, of the scale of Gaussian frequencies") {
  Random random(3);
  const FrequencySizes sizes{.heads = 1, .width = 4, .frequencies = 8};
  const Fastfood distribution({}, sizes, random);
  const Tensor w = distribution.matrix().value();  // [4, 8]
  const auto sign = [](Index a, Index b) {
    return __builtin_popcountll(static_cast<unsigned long long>(a & b)) % 2 == 0 ? 1.0 : -1.0;
  };
  const auto at = [](const Variable& x, Index b, Index c) { return static_cast<double>(x.value()(b, c)); };
  for (Index block = 0; block < 2; ++block)
    for (Index m = 0; m < 4; ++m)
      for (Index c = 0; c < 4; ++c) {
        double sum = 0;  // Σ_r H_mr G_r H_π(r),c B_c
        for (Index r = 0; r < 4; ++r) {
          const auto from = static_cast<Index>(at(distribution.permutation, block, r));
          sum += sign(m, r) * at(distribution.sign_g, block, r) * std::exp(at(distribution.log_g, block, r)) *
                 sign(from, c);
        }
        sum *= at(distribution.sign_b, block, c) * std::exp(at(distribution.log_b, block, c)) *
               std::exp(at(distribution.log_s, block, m)) / 2;
        CHECK(static_cast<double>(w(c, block * 4 + m) * full) == doctest::Approx(sum).epsilon(1e-4));
      }
  const FrequencySizes many{.heads = 2, .width = 16, .frequencies = 1600};
  const Tensor wide = Fastfood({}, many, random).matrix().value();
  double mean_square = 0;
  for (Index m = 0; m < 1600; ++m)
    mean_square += std::pow(length_of_column(wide, 16, 16, m) * static_cast<double>(full), 2) / 1600;
  CHECK(mean_square == doctest::Approx(16).epsilon(0.1));
}

TEST_CASE("the sampled mixture nears exp(-|R delta|^2 / 2) cos(mu delta)") {
  Random random(4);
  const FrequencySizes sizes{.heads = 1, .width = 3, .frequencies = 40000};
  SampledMixture distribution({}, sizes, random);
  for (Real& value : distribution.root.mutable_value().values())
    value += static_cast<Real>(0.3 * random.normal());
  const Tensor w = distribution({}, {}, Variable(drawn(distribution, 9))).sets.front().value();
  const Tensor delta = mercer::test::noise(1, 3, 5, 0.7);
  double mean = 0, squares = 0, turn = 0;
  for (Index m = 0; m < w.columns(); ++m) {
    double u = 0;
    for (Index c = 0; c < 3; ++c)
      u += static_cast<double>(full * w(c, m) * delta(0, c));
    mean += std::cos(u) / static_cast<double>(w.columns());
  }
  for (Index r = 0; r < 3; ++r) {
    double along = 0;
    for (Index c = 0; c < 3; ++c)
      along += static_cast<double>(distribution.root.value()(r, c) * delta(0, c));
    squares += along * along;
    turn += static_cast<double>(distribution.mean.value()(r, 0) * delta(0, r));
  }
  CHECK(mean == doctest::Approx(std::exp(-squares / 2) * std::cos(turn)).epsilon(0.03));
}

TEST_CASE("the generator has the published widths, and its matrices start as Xavier's") {
  Random random(5);
  const FrequencySizes sizes{.heads = 2, .width = 16, .frequencies = 4};
  const auto check = [](const Generator& made, const std::vector<Index>& widths) {
    REQUIRE(made.layers.size() + 1 == widths.size());
    CHECK(made.noise().columns == widths.front());
    for (std::size_t l = 0; l < made.layers.size(); ++l) {
      const Tensor& w = made.layers[l].weight.value();
      CHECK(w.rows() == widths[l]);
      CHECK(w.columns() == widths[l + 1]);
      CHECK(static_cast<bool>(made.layers[l].gain) == (l + 1 < made.layers.size()));
      const double largest = static_cast<double>(max_abs_difference(w, Tensor::like(w)));
      const double xavier = std::sqrt(6.0 / static_cast<double>(widths[l] + widths[l + 1]));
      CHECK(largest <= xavier * (1 + 1e-6));
      CHECK(largest > 0.95 * xavier);
    }
  };
  check(Generator({}, sizes, random), {16, 64, 16});
  check(Generator(three_layers, sizes, random), {8, 32, 64, 16});
}

TEST_CASE("the generator's frequencies by their definition: norm over the draw, leaky ReLU, tanh") {
  Random random(6);
  const FrequencySizes sizes{.heads = 1, .width = 2, .frequencies = 5, .sigma = 3};
  const Generator made({}, sizes, random);
  const Generator::Layer &first = made.layers[0], &last = made.layers[1];
  for (Index c = 0; c < 8; ++c) {
    Variable gain = first.gain, bias = first.bias;
    gain.mutable_value()(0, c) = Real(0.5) + Real(0.1) * static_cast<Real>(c);
    bias.mutable_value()(0, c) = Real(0.05) * static_cast<Real>(c) - Real(0.1);
  }
  const Tensor z = drawn(made, 7), w = made({}, {}, NoiseDraw(Variable(z), true)).sets.front().value();
  const Tensor u = matmul(Variable(z), first.weight).value();
  Tensor hidden(5, 8);
  for (Index c = 0; c < 8; ++c) {
    double mean = 0, variance = 0;
    for (Index m = 0; m < 5; ++m)
      mean += static_cast<double>(u(m, c)) / 5;
    for (Index m = 0; m < 5; ++m)
      variance += std::pow(static_cast<double>(u(m, c)) - mean, 2) / 5;
    for (Index m = 0; m < 5; ++m) {
      const double y = static_cast<double>(first.gain.value()(0, c)) * (static_cast<double>(u(m, c)) - mean) /
                           std::sqrt(variance + 1e-5) +
                       static_cast<double>(first.bias.value()(0, c));
      hidden(m, c) = static_cast<Real>(y > 0 ? y : 0.01 * y);
    }
  }
  const Tensor omega = matmul(Variable(hidden), last.weight).value();
  for (Index m = 0; m < 5; ++m)
    for (Index c = 0; c < 2; ++c)
      CHECK(static_cast<double>(w(c, m) * full) * 3 ==
            doctest::Approx(std::tanh(static_cast<double>(omega(m, c)))).epsilon(1e-4));
}

TEST_CASE("the generator's running statistics are those of its draws, and evaluation normalises by them") {
  Random random(6);
  const Generator made({}, {.heads = 1, .width = 2, .frequencies = 7}, random);
  const Generator::Layer& first = made.layers[0];
  std::vector<double> mean(8, 0), variance(8, 1);
  for (std::uint64_t step = 0; step < 3; ++step) {
    const Tensor z = drawn(made, 20 + step), u = matmul(Variable(z), first.weight).value();
    for (Index c = 0; c < 8; ++c) {
      double of_draw = 0, squares = 0;
      for (Index m = 0; m < 7; ++m)
        of_draw += static_cast<double>(u(m, c)) / 7;
      for (Index m = 0; m < 7; ++m)
        squares += std::pow(static_cast<double>(u(m, c)) - of_draw, 2) / 6;
      const auto at = static_cast<std::size_t>(c);
      mean[at] = 0.9 * mean[at] + 0.1 * of_draw;
      variance[at] = 0.9 * variance[at] + 0.1 * squares;
    }
    made({}, {}, NoiseDraw(Variable(z), true));
  }
  const auto evaluated = [&](const Tensor& z) { return made({}, {}, Variable(z)).sets.front().value(); };
  const Tensor z = drawn(made, 9), w = evaluated(z);
  for (Index c = 0; c < 8; ++c) {
    CHECK(static_cast<double>(first.running_mean.value()(0, c)) ==
          doctest::Approx(mean[static_cast<std::size_t>(c)]).epsilon(1e-4));
    CHECK(static_cast<double>(first.running_variance.value()(0, c)) ==
          doctest::Approx(variance[static_cast<std::size_t>(c)]).epsilon(1e-4));
  }
  Tensor other = z;  // a frequency is evaluated without regard to the others of its draw
  for (Index m = 1; m < 7; ++m)
    other(m, 0) += 1;
  CHECK(evaluated(other)(0, 0) == w(0, 0));
  CHECK(evaluated(other)(0, 1) != w(0, 1));
}

TEST_CASE("the generator's frequencies stay below its floor of bandwidth") {
  Random random(5);
  const Generator distribution({}, {.heads = 2, .width = 4, .frequencies = 64, .sigma = 2}, random);
  const Tensor w = distribution({}, {}, Variable(drawn(distribution, 9))).sets.front().value();
  for (const Real value : w.values())
    CHECK(std::abs(value) <= 1 / (full * 2));
}

TEST_CASE("sizes that a distribution can't take are refused with the reason") {
  Random random(1);
  const auto message = [&](const FrequencyOptions& distribution, FrequencySizes sizes) {
    try {
      make_frequencies(distribution, sizes, random);
    } catch (const ValueError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const auto holds = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  CHECK(holds(message(FastfoodOptions{}, {.width = 7, .frequencies = 14}), "got 7, want a power of two"));
  CHECK(holds(message(FastfoodOptions{}, {.width = 8, .frequencies = 12}), "want a multiple of the width 8"));
  CHECK(holds(message(SamplerOptions{}, {.width = 4, .frequencies = 7}), "got 7, want an even number"));
  CHECK(holds(message(SampledMixtureOptions{}, {.width = 4, .frequencies = 7}), "want an even number"));
  CHECK(holds(message(SamplerOptions{.copula = false, .lambda_copula = 1}, {.width = 4}), "0 without a copula"));
  CHECK(holds(message(SamplerOptions{.prior = 0}, {.width = 4}), "prior"));
  CHECK(holds(message(LearnedOptions{}, {.width = 4, .frequencies = 0}), "frequencies: got 0"));
  CHECK(holds(message(GaussianFrequencyOptions{}, {.width = 0}), "width of q and k: got 0"));
  CHECK(holds(message(GaussianFrequencyOptions{}, {.width = 4, .sigma = 0}), "sigma"));
}
