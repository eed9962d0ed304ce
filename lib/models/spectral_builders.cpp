#include <cmath>
#include <utility>

#include "mercer/features/fourier_map.hpp"
#include "mercer/features/joint_map.hpp"
#include "mercer/features/maclaurin_map.hpp"
#include "mercer/features/positive_map.hpp"
#include "mercer/models/kernel_gnn.hpp"
#include "models/builders.hpp"
#include "models/take_options.hpp"

/// Attentions whose kernel is an inner product of features: implicit kernels and random features.
namespace mercer {
namespace {

const Choices<FrequencyStart> starts{{"rbf", FrequencyStart::rbf}, {"release", FrequencyStart::release}};

const Choices<Noise> noises{{"frozen", Noise::frozen}, {"redrawn", Noise::redrawn}, {"averaged", Noise::averaged}};

KernelAttentionOptions layer_of(MakeSimilarity similarity) {
  return {.similarity = std::move(similarity), .input_dropout = 0.6f, .attention_dropout = 0.6f, .value_dropout = 0.6f};
}

void take_noise(NoiseOptions& options, ModelOptions& given) {
  take(options.noise, given.noise, "noise", noises);
  if (options.noise == Noise::averaged)
    take(options.draws, given.draws);
  else
    require(!given.draws, "build_model", "draws belong to averaged noise: want noise averaged too");
}

/// The magnitude and the projections; p by default where `default_p` is not 0.
void take_layer(KernelAttentionOptions& layer, ModelOptions& given, int default_p) {
  if (default_p > 0 && !given.p) given.p = Real(default_p);
  layer.key_width = given.key_width;
  take_kernel(layer, given);
}

Names of_features() { return of_kernel_attention() + Names{"key-width"}; }
Names of_implicit() { return of_features() + Names{"frequencies", "floor", "release"}; }
Names of_fourier() { return of_features() + Names{"frequencies", "sigma", "shift"}; }
Names of_positive() { return of_features() + Names{"frequencies", "sigma", "hyperbolic"}; }
Names of_noise() { return {"noise", "draws"}; }

/// IKA on edges, form A: κ = s² + floor times the magnitude of k.
Model implicit(FourierMapOptions map, ModelOptions& given, Index in, Index classes, Random& random) {
  take(map.frequencies, given.frequencies);
  take(map.floor, given.floor);
  KernelAttentionOptions layer = layer_of(map);
  take(layer.divisor_of_release, given.release);
  take_layer(layer, given, 2);
  return kernel_gnn(shape_of(given), layer, in, classes, random);
}

template <bool stationary>
Model build_learned(ModelOptions& given, Index in, Index classes, Random& random) {
  LearnedOptions distribution{.stationary = stationary};
  take(distribution.start, given.frequency_start, "frequency-start", starts);
  return implicit({.distribution = distribution}, given, in, classes, random);
}

template <bool copula>
Model build_sampled(ModelOptions& given, Index in, Index classes, Random& random) {
  SamplerOptions distribution{.copula = copula};
  take(distribution.release, given.release);
  take(distribution.prior, given.prior);
  take(distribution.lambda_kl, given.lambda_kl);
  if (copula) take(distribution.lambda_copula, given.lambda_copula);
  FourierMapOptions map{.distribution = distribution};
  take_noise(map.noise, given);
  return implicit(map, given, in, classes, random);
}

/// Form B: a learned target against both ends side by side, one projection as in GAT.
Model build_concat(ModelOptions& given, Index in, Index classes, Random& random) {
  JointMapOptions map;
  take(map.frequencies, given.frequencies);
  take(map.floor, given.floor);
  take(map.distribution.start, given.frequency_start, "frequency-start", starts);
  KernelAttentionOptions layer = layer_of(map);
  layer.tied = true;
  if (!given.divisor) given.divisor = Real(2);
  take_layer(layer, given, 2);
  return kernel_gnn(shape_of(given), layer, in, classes, random);
}

/// Fastfood's width is that of the hidden layers everywhere: classes are seldom a power of two.
template <class FrequencyDistribution>
void fit_key_width(ModelOptions& given) {
  if constexpr (std::is_same_v<FrequencyDistribution, FastfoodOptions>)
    if (!given.key_width) given.key_width = given.hidden.value_or(Shape{}.hidden);
}

template <class FrequencyDistribution>
constexpr bool draws_noise = !std::is_same_v<FrequencyDistribution, FastfoodOptions>;

/// κ = s + 1 over its row sum: the random kitchen sinks of kernel Transformers.
template <class FrequencyDistribution, auto... distribution>
Model build_kitchen_sinks(ModelOptions& given, Index in, Index classes, Random& random) {
  FourierMapOptions map{.distribution = FrequencyDistribution{distribution...}, .sigma = given.sigma, .squared = false};
  take(map.frequencies, given.frequencies);
  take(map.shift, given.shift);
  if constexpr (draws_noise<FrequencyDistribution>) take_noise(map.noise, given);
  KernelAttentionOptions layer = layer_of(map);
  layer.normaliser = Normaliser::row_sum;
  fit_key_width<FrequencyDistribution>(given);
  take_layer(layer, given, 0);
  return kernel_gnn(shape_of(given), layer, in, classes, random);
}

template <int default_p, class Map, class FrequencyDistribution, auto... distribution>
Model build_positive(ModelOptions& given, Index in, Index classes, Random& random) {
  Map map{.distribution = FrequencyDistribution{distribution...}, .sigma = given.sigma};
  take(map.frequencies, given.frequencies);
  if constexpr (requires { map.hyperbolic; }) take(map.hyperbolic, given.hyperbolic);
  if constexpr (draws_noise<FrequencyDistribution>) take_noise(map.noise, given);
  KernelAttentionOptions layer = layer_of(map);
  fit_key_width<FrequencyDistribution>(given);
  take_layer(layer, given, default_p);
  return kernel_gnn(shape_of(given), layer, in, classes, random);
}

Model build_elu(ModelOptions& given, Index in, Index classes, Random& random) {
  KernelAttentionOptions layer = layer_of(EluMapOptions{});
  take_layer(layer, given, 0);
  return kernel_gnn(shape_of(given), layer, in, classes, random);
}

Model build_maclaurin(ModelOptions& given, Index in, Index classes, Random& random) {
  MaclaurinMapOptions map;
  take(map.function, given.function, "function", functions);
  take(map.frequencies, given.frequencies);
  KernelAttentionOptions layer = layer_of(map);
  layer.normaliser = Normaliser::row_sum;
  take_layer(layer, given, 0);
  return kernel_gnn(shape_of(given), layer, in, classes, random);
}

}  // namespace

void append_spectral_builders(std::vector<Builder>& to) {
  const Names learned = of_implicit() + Names{"frequency-start"};
  const Names sampled = of_implicit() + of_noise() + Names{"prior", "lambda-kl"};
  const Names concat = of_kernel_attention() + Names{"frequencies", "floor", "frequency-start"};
  const Names sinks = of_fourier() + of_noise(), positive = of_positive() + of_noise();
  const Names relu = of_features() + Names{"frequencies", "sigma"} + of_noise();
  const std::vector<Builder> all{
      {"ikan-direct", "implicit kernel attention, frequencies learned as they are (AAAI 2021)", learned,
       build_learned<false>},
      {"ika-stationary", "the same with one set of frequencies: a function of q - k", learned, build_learned<true>},
      {"ikan", "implicit kernel attention, frequencies drawn from a density that the data shape", sampled,
       build_sampled<false>},
      {"mikan", "the same, the heads' draws tied by a copula", sampled + Names{"lambda-copula"}, build_sampled<true>},
      {"ika-concat", "the implicit kernel of a learned vector and both ends side by side; dynamic", concat,
       build_concat},
      {"gaussian-rks", "random kitchen sinks: Fourier features of Gaussian frequencies, plus 1", sinks,
       build_kitchen_sinks<GaussianFrequencyOptions>},
      {"orthogonal-rks", "the same with orthogonal frequencies", sinks,
       build_kitchen_sinks<GaussianFrequencyOptions, true>},
      {"fastfood-rks", "the same, frequencies learned as Fastfood's S, G and B", of_fourier(),
       build_kitchen_sinks<FastfoodOptions>},
      {"generative-rks", "the same, frequencies made of noise by a network", sinks,
       build_kitchen_sinks<GeneratorOptions>},
      {"mixture-rks", "the same, frequencies sampled from a learned Gaussian and its mirror image", sinks,
       build_kitchen_sinks<SampledMixtureOptions>},
      {"gaussian-prf", "positive random features of Gaussian frequencies: the gaussian kernel", positive,
       build_positive<0, PositiveMapOptions, GaussianFrequencyOptions>},
      {"favor", "orthogonal positive features times exp(|k|_2^2 / 2 sqrt(width)): FAVOR+ (ICLR 2021)", positive,
       build_positive<2, PositiveMapOptions, GaussianFrequencyOptions, true>},
      {"fastfood-prf", "positive features, frequencies learned as Fastfood's S, G and B", of_positive(),
       build_positive<0, PositiveMapOptions, FastfoodOptions>},
      {"generative-prf", "positive features, frequencies made of noise by a network", positive,
       build_positive<0, PositiveMapOptions, GeneratorOptions>},
      {"relu-features", "rectified random projections", relu,
       build_positive<0, ReluMapOptions, GaussianFrequencyOptions>},
      {"elu", "the inner product of elu + 1 (ICML 2020)", of_features(), build_elu},
      {"maclaurin", "random Maclaurin features of a function of the dot product of unit vectors",
       of_features() + Names{"frequencies", "function"}, build_maclaurin}};
  to.insert(to.end(), all.begin(), all.end());
}

}  // namespace mercer
