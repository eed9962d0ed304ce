#include <utility>

#include "mercer/features/fourier_map.hpp"
#include "mercer/features/joint_map.hpp"
#include "mercer/features/maclaurin_map.hpp"
#include "mercer/features/positive_map.hpp"
#include "models/form.hpp"

/// Attentions whose kernel is an inner product of features: implicit kernels and random features.
namespace mercer {
namespace {

const KernelAttentionOptions times_magnitude{.p = Real(2)};

/// Fastfood's width is that of the hidden layers everywhere: classes are seldom a power of two.
template <class S>
struct FastfoodForm : KernelForm<S> {
  using KernelForm<S>::KernelForm;

  void settle(Index classes) override {
    if (!this->own.key_width) this->own.key_width = this->shape.hidden;
    KernelForm<S>::settle(classes);
  }
};

/// κ = s + 1 over its row sum: the random kitchen sinks of kernel Transformers.
FourierMapOptions kitchen_sinks(FrequencyOptions distribution) {
  return {.distribution = std::move(distribution), .squared = false};
}

}  // namespace

void append_spectral_builders(std::vector<Builder>& all) {
  const auto add = [&](const char* name, const char* description, auto form) {
    all.push_back(builder_of(name, description, std::move(form)));
  };
  const auto implicit = [](FrequencyOptions distribution) {
    return KernelForm(FourierMapOptions{.distribution = std::move(distribution)}, times_magnitude);
  };
  add("ikan-direct", "implicit kernel attention, frequencies learned as they are (AAAI 2021)",
      implicit(LearnedOptions{}));
  add("ika-stationary", "the same with one set of frequencies: a function of q - k",
      implicit(LearnedOptions{.stationary = true}));
  add("ikan", "implicit kernel attention, frequencies drawn from a density that the data shape",
      implicit(SamplerOptions{.copula = false}));
  add("mikan", "the same, the heads' draws tied by a copula", implicit(SamplerOptions{}));
  add("ika-concat", "the implicit kernel of a learned vector and both ends side by side; dynamic",
      KernelForm(JointMapOptions{}, {.p = Real(2), .divisor = Real(2), .tied = true}));

  add("gaussian-rks", "random kitchen sinks: Fourier features of Gaussian frequencies, plus 1",
      KernelForm(kitchen_sinks(GaussianFrequencyOptions{})));
  add("orthogonal-rks", "the same with orthogonal frequencies",
      KernelForm(kitchen_sinks(GaussianFrequencyOptions{.orthogonal = true})));
  add("fastfood-rks", "the same, frequencies learned as Fastfood's S, G and B",
      FastfoodForm<FourierMapOptions>(kitchen_sinks(FastfoodOptions{})));
  add("generative-rks", "the same, frequencies made of noise by a network",
      KernelForm(kitchen_sinks(GeneratorOptions{})));
  add("mixture-rks", "the same, frequencies sampled from a learned Gaussian and its mirror image",
      KernelForm(kitchen_sinks(SampledMixtureOptions{})));

  add("gaussian-prf", "positive random features of Gaussian frequencies: the gaussian kernel",
      KernelForm(PositiveMapOptions{}));
  add("favor", "orthogonal positive features times exp(|k|_2^2 / 2 sqrt(width)): FAVOR+ (ICLR 2021)",
      KernelForm(PositiveMapOptions{.distribution = GaussianFrequencyOptions{.orthogonal = true}}, times_magnitude));
  add("fastfood-prf", "positive features, frequencies learned as Fastfood's S, G and B",
      FastfoodForm<PositiveMapOptions>(PositiveMapOptions{.distribution = FastfoodOptions{}}));
  add("generative-prf", "positive features, frequencies made of noise by a network",
      KernelForm(PositiveMapOptions{.distribution = GeneratorOptions{}}));

  add("relu-features", "rectified random projections", KernelForm(ReluMapOptions{}));
  add("elu", "the inner product of elu + 1 (ICML 2020)", KernelForm(EluMapOptions{}));
  add("maclaurin", "random Maclaurin features of a function of the dot product of unit vectors",
      KernelForm(MaclaurinMapOptions{}));
}

}  // namespace mercer
