#pragma once

#include <optional>
#include <string>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/option_list.hpp"
#include "mercer/features/feature_map.hpp"
#include "mercer/features/frequency_distribution.hpp"

namespace mercer {

struct PositiveMapOptions {
  FrequencyOptions distribution = GaussianFrequencyOptions{};
  Index frequencies = 64;       // M
  std::optional<Real> sigma{};  // absent: fitted to the width
  bool hyperbolic = false;      // features of Ω and −Ω: lower variance, twice the width
  bool normalised = false;  // of q̂ / √T_h and k̂ / √T_h, unit vectors over a temperature learned from 1; σ = 1
  NoiseOptions noise{};

  void declare(OptionList& list) {
    list.add("frequencies", frequencies, range::count, "frequencies of each head");
    list.add("sigma", sigma, range::above_zero, "bandwidth of the kernel; fitted to the width by default");
    list.add("hyperbolic", hyperbolic, "positive features of each frequency and of its opposite");
    declare_options(distribution, list);
    if (draws_noise(distribution)) noise.declare(list);
  }

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// φ(x) = exp(ω·x − |x|²/σ²) > 0. With ω ~ N(0, I/σ²), E κ = exp(−|q − k|²/2σ²). The default σ² = √d and the magnitude
/// exp(|k|²/2√d) give softmax attention, FAVOR+ (Choromanski et al., Rethinking Attention with Performers, ICLR 2021).
///
/// No exponent overflows: φ holds exp(ω·x − peak), where peak is the largest ω·x of a node and head. The keys' factor
/// peak_j − |k_j|²/σ² goes into the bias, and attend takes the largest exponent of each row out. The query's factor is
/// the same for all neighbours and cancels in a row sum, the only denominator allowed.
/// Normalised, E κ = exp(cos(q, k) / T_h σ²) up to a factor of each head: the variance of the features, which grows
/// with exp(|q + k|²), stays small (Luo et al., Stable, Fast and Accurate, NeurIPS 2021, section 3.1). Throws
/// ValueError for a distribution with two sets.
struct PositiveMap {
  PositiveMapOptions options;
  FrequencySizes sizes;
  FrequencyDistribution distribution;

  PositiveMap(const PositiveMapOptions& options, HeadSizes sizes, Random& random);

  AnyKernel kernel() const;
  NoiseSize noise() const { return noise_of(distribution); }
  Compared operator()(const Variable& q, const Variable& k, const NodeMeans& means, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& prefix = "") const { return parameters_of(distribution, prefix); }
};

struct ReluMapOptions {
  FrequencyOptions distribution = GaussianFrequencyOptions{};
  Index frequencies = 64;       // M
  std::optional<Real> sigma{};  // absent: fitted to the width
  NoiseOptions noise{};

  void declare(OptionList& list) {
    list.add("frequencies", frequencies, range::count, "frequencies of each head");
    list.add("sigma", sigma, range::above_zero, "bandwidth of the kernel; fitted to the width by default");
    declare_options(distribution, list);
    if (draws_noise(distribution)) noise.declare(list);
  }

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// φ(x) = relu(ω·x) + 1e-3, ω ~ N(0, I/σ²), σ = d^¼: the generalised attention of Choromanski et al., ICLR 2021.
struct ReluMap {
  FrequencySizes sizes;
  FrequencyDistribution distribution;

  ReluMap(const ReluMapOptions& options, HeadSizes sizes, Random& random);

  AnyKernel kernel() const;
  NoiseSize noise() const { return noise_of(distribution); }
  Compared operator()(const Variable& q, const Variable& k, const NodeMeans& means, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& prefix = "") const { return parameters_of(distribution, prefix); }
};

struct EluMapOptions {
  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// φ(x) = elu(x) + 1, without frequencies
/// (Katharopoulos, Vyas, Pappas, Fleuret, Transformers are RNNs, ICML 2020, equation 7).
struct EluMap {
  AnyKernel kernel() const { return PositiveInnerProduct{}; }
  NoiseSize noise() const { return {}; }
  Compared operator()(const Variable& q, const Variable& k, const NodeMeans& means, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& = "") const { return {}; }
};

struct SigmoidMapOptions {
  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// φ(x) = sigmoid(x), without frequencies
/// (Deng, Yue, Zhang, Polynormer, ICLR 2024, global attention).
struct SigmoidMap {
  AnyKernel kernel() const { return PositiveInnerProduct{}; }
  NoiseSize noise() const { return {}; }
  Compared operator()(const Variable& q, const Variable& k, const NodeMeans&, const NoiseDraw&) const {
    return {.q = sigmoid(q), .k = sigmoid(k)};
  }
  Parameters parameters(const std::string& = "") const { return {}; }
};

}  // namespace mercer
