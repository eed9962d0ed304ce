#include <doctest/doctest.h>

#include <cmath>

#include "features/made.hpp"
#include "mercer/features/feature_map.hpp"
#include "support/graphs.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("noise is redrawn in training unless something else is asked for") {
  CHECK(NoiseOptions{}.noise == Noise::redrawn);
  const Variable x(noise(5, 8, 1));
  for (const FrequencyOptions& drawing :
       {FrequencyOptions(SamplerOptions{}), FrequencyOptions(GeneratorOptions{}),
        FrequencyOptions(SampledMixtureOptions{}), FrequencyOptions(GaussianFrequencyOptions{.orthogonal = true})}) {
    const Similarity by = made(fourier(drawing), 2, 4, 8);
    const auto of = [&](Pass pass) { return by(x, x, {pass, {x, x}}).q.value(); };
    CHECK_FALSE(same_bits(of(Pass::training(1, 1)), of(Pass::training(1, 2))));
    CHECK(same_bits(of(Pass::inference()), of(Pass::inference())));
  }
}

TEST_CASE("redrawn noise is N(0, 1), a function of its stream") {
  Random random(1);
  const KeptNoise by({}, {.rows = 300, .columns = 101}, random);
  const auto of = [&](std::uint64_t seed, std::uint32_t step, Index calls) {
    Pass pass = Pass::training(seed, step);
    for (; calls > 0; --calls)
      pass.stream();
    return by(pass, 0).values.value();
  };
  const Tensor z = of(1, 2, 0);
  double moment[5] = {}, along = 0;
  const auto count = static_cast<double>(z.size());
  for (std::size_t n = 0; n < z.values().size(); ++n) {
    const auto value = static_cast<double>(z.values()[n]);
    for (int p = 1; p <= 4; ++p)
      moment[p] += std::pow(value, p) / count;
    if (n > 0) along += value * static_cast<double>(z.values()[n - 1]) / count;  // the halves of a pair are neighbours
  }
  CHECK(std::abs(moment[1]) < 0.02);
  CHECK(moment[2] == doctest::Approx(1).epsilon(0.03));
  CHECK(std::abs(moment[3]) < 0.06);
  CHECK(moment[4] == doctest::Approx(3).epsilon(0.06));
  CHECK(std::abs(along) < 0.02);
  CHECK(same_bits(z, of(1, 2, 0)));
  for (const Tensor& other : {of(2, 2, 0), of(1, 3, 0), of(1, 2, 1)})
    CHECK(max_abs_difference(z, other) > 1);
}

TEST_CASE("frozen noise is never drawn again, redrawn noise in training, averaged noise over its draws") {
  const Variable x(noise(5, 8, 1));
  const auto of = [&](const Similarity& by, Pass pass, Index draw = 0) {
    return by(x, x, {pass, {x, x}, draw}).q.value();
  };
  const auto with = [&](Noise policy) {
    FourierMapOptions options = fourier(SamplerOptions{});
    options.noise.noise = policy;
    if (policy == Noise::averaged) options.noise.draws = 3;
    return made(options, 2, 4, 8);
  };
  const Similarity frozen = with(Noise::frozen), redrawn = with(Noise::redrawn), averaged = with(Noise::averaged);
  CHECK(same_bits(of(frozen, Pass::inference()), of(frozen, Pass::training(1, 1))));
  CHECK(same_bits(of(redrawn, Pass::inference()), of(frozen, Pass::inference())));
  CHECK_FALSE(same_bits(of(redrawn, Pass::training(1, 1)), of(redrawn, Pass::inference())));
  CHECK_FALSE(same_bits(of(redrawn, Pass::training(1, 1)), of(redrawn, Pass::training(1, 2))));
  CHECK(same_bits(of(redrawn, Pass::training(1, 2)), of(redrawn, Pass::training(1, 2))));
  CHECK(averaged.draws == 3);
  CHECK(redrawn.draws == 1);
  CHECK(made(FourierMapOptions{.noise = {.noise = Noise::averaged}}, 2, 4, 8).draws == 1);  // this map draws nothing
  CHECK(same_bits(of(averaged, Pass::inference(), 0), of(frozen, Pass::inference())));
  CHECK_FALSE(same_bits(of(averaged, Pass::inference(), 0), of(averaged, Pass::inference(), 2)));
  // kept draws are saved and have no gradient
  const Parameters& parameters = averaged.parameters;
  CHECK(parameters.back().name == "noise");
  CHECK(parameters.back().variable.rows() == 3 * 2 * 8);
  CHECK_FALSE(parameters.back().variable.wants_grad());
}
