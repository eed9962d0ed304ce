#pragma once

#include <string>

#include "mercer/features/frequency_distribution.hpp"
#include "mercer/features/mapped.hpp"

namespace mercer {

struct FourierMapOptions {
  FrequencyOptions distribution = LearnedOptions{};
  bool squared = true;      // κ = s² + floor; otherwise κ = s + shift
  Real floor = Real(1e-5);  // > 0
  Real shift = 1;           // ≥ 1 keeps row sums above 0
};

/// φ(x) = [cos 2πx·w | sin 2πx·w], sets added up: s = ⟨φ(q), φ(k)⟩ / M, or / 4M with two sets; |s| ≤ 1.
/// Squared and floored it is implicit kernel attention (spec: Implicit Kernel Attention, section 2.1), shifted the
/// random kitchen sinks of kernel Transformers (spec: Kernel Transformers, section 2). The default σ makes E κ =
/// exp(−r²/2√d), the similarity in softmax attention: √(2√d) squared, d^¼ shifted.
struct FourierMap {
  using Options = FourierMapOptions;
  Options options;
  FrequencySizes sizes;
  FrequencyDistribution distribution;

  FourierMap(const Options& options, const MapSizes& sizes, Random& random);

  AnyKernel kernel() const;
  Tensor noise(Random& random) const { return noise_of(distribution, random); }
  Mapped operator()(const Variable& q, const Variable& heard, const AllNodes& all, const Variable& noise) const;
  Parameters parameters(const std::string& prefix = "") const { return parameters_of(distribution, prefix); }
};

}  // namespace mercer
