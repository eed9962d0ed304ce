#pragma once

#include <string>

#include "mercer/features/frequency_distribution.hpp"
#include "mercer/features/mapped.hpp"

namespace mercer {

struct PositiveMapOptions {
  FrequencyOptions distribution = GaussianFrequencyOptions{};
  bool hyperbolic = false;  // Ω and −Ω side by side: a lower variance for twice the width
};

/// φ(x) = exp(ω·x − |x|²/σ²), never negative: with ω ~ N(0, I/σ²) E κ = exp(−|q − k|²/2σ²). The default σ² = √d; times
/// the magnitude exp(|k|²/2√d) that is softmax attention, FAVOR+
/// (Choromanski et al., Rethinking Attention with Performers, ICLR 2021; spec: Kernel Transformers, sections 2 and 8).
///
/// No exponent can overflow: φ holds exp(ω·x − peak), peak the largest of a node and head. The keys' peak_j − |k_j|²/σ²
/// goes into the bias, where the row's own largest logarithm is taken out, over exactly its neighbours; the query's
/// factor is the same for all neighbours and cancels, so that only a row sum can be the denominator.
/// Throws ValueError for a distribution with two sets.
struct PositiveMap {
  using Options = PositiveMapOptions;
  Options options;
  FrequencySizes sizes;
  FrequencyDistribution distribution;

  PositiveMap(const Options& options, const MapSizes& sizes, Random& random);

  AnyKernel kernel() const;
  Tensor noise(Random& random) const { return noise_of(distribution, random); }
  Mapped operator()(const Variable& q, const Variable& heard, const AllNodes& all, const Variable& noise) const;
  Parameters parameters(const std::string& prefix = "") const { return parameters_of(distribution, prefix); }
};

struct ReluMapOptions {
  FrequencyOptions distribution = GaussianFrequencyOptions{};
};

/// φ(x) = relu(ω·x) + 1e-3, ω ~ N(0, I/σ²), σ = d^¼: the generalised attention of Choromanski et al., ICLR 2021.
struct ReluMap {
  using Options = ReluMapOptions;
  FrequencySizes sizes;
  FrequencyDistribution distribution;

  ReluMap(const Options& options, const MapSizes& sizes, Random& random);

  AnyKernel kernel() const;
  Tensor noise(Random& random) const { return noise_of(distribution, random); }
  Mapped operator()(const Variable& q, const Variable& heard, const AllNodes& all, const Variable& noise) const;
  Parameters parameters(const std::string& prefix = "") const { return parameters_of(distribution, prefix); }
};

struct EluMapOptions {};

/// φ(x) = elu(x) + 1, without frequencies
/// (Katharopoulos, Vyas, Pappas, Fleuret, Transformers are RNNs, ICML 2020, equation 7).
struct EluMap {
  using Options = EluMapOptions;

  EluMap(const Options&, const MapSizes&, Random&) {}

  AnyKernel kernel() const { return PositiveInnerProduct{}; }
  Tensor noise(Random&) const { return {}; }
  Mapped operator()(const Variable& q, const Variable& heard, const AllNodes& all, const Variable& noise) const;
  Parameters parameters(const std::string& = "") const { return {}; }
};

}  // namespace mercer
