#pragma once

#include <optional>
#include <string>
#include <variant>

#include "mercer/base/option_list.hpp"
#include "mercer/features/feature_map.hpp"
#include "mercer/features/frequency_distribution.hpp"

namespace mercer {

struct FourierMapOptions {
  FrequencyOptions distribution = LearnedOptions{};
  Index frequencies = 64;       // M
  std::optional<Real> sigma{};  // absent: fitted to the width
  bool squared = true;          // κ = s² + floor; otherwise κ = s + shift
  Real floor = Real(1e-5);      // > 0
  Real shift = 1;               // ≥ 1 keeps row sums above 0
  NoiseOptions noise{};
  Index feature_memory = 32;  // MiB; wider features of q and of k are made for a few heads at a time, on the CPU

  void declare(OptionList& list) {
    list.add("frequencies", frequencies, range::count, "frequencies of each head");
    if (squared) list.add("floor", floor, range::above_zero, "added to the squared kernel");
    if (!squared) {
      list.add("sigma", sigma, range::above_zero, "bandwidth of the kernel; fitted to the width by default");
      list.add("shift", shift, range::not_negative, "added to the kernel; from 1 on row sums stay above 0");
    }
    if (!std::holds_alternative<FastfoodOptions>(distribution))
      list.add(
          "feature-memory", feature_memory, range::count,
          "MiB that the features of queries, and those of keys, may take: on graphs and the CPU wider ones are made "
          "for a few heads at a time, and once more for the backward pass");
    declare_options(distribution, list);
    if (draws_noise(distribution)) noise.declare(list);
  }

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// φ(x) = [cos 2πx·w | sin 2πx·w], summed over sets: s = ⟨φ(q), φ(k)⟩ / M, or / 4M with two sets; |s| ≤ 1. κ = s² +
/// floor is implicit kernel attention, κ = s + shift the random kitchen sinks of kernel Transformers. The default σ
/// gives E κ = exp(−r²/2√d), r = ‖q − k‖, the similarity inside softmax attention: σ = √(2√d) when squared, d^¼
/// otherwise.
struct FourierMap {
  FourierMapOptions options;
  FrequencySizes sizes;
  FrequencyDistribution distribution;

  FourierMap(const FourierMapOptions& options, HeadSizes sizes, Random& random);

  AnyKernel kernel() const;
  NoiseSize noise() const { return noise_of(distribution); }
  /// Frequencies that depend on the data are those of each segment; the penalty is the mean over segments.
  Compared operator()(const Variable& q, const Variable& k, const NodeMeans& means, const NoiseDraw& noise) const;
  /// The same of one density, by heads where the features of all heads take more than the options' feature_memory.
  Compared by_heads(const Variable& q, const Variable& k, const NodeMeans& means, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& prefix = "") const { return parameters_of(distribution, prefix); }

 private:
  Compared features(const Variable& q, const Variable& k, const Frequencies& omega) const;
};

}  // namespace mercer
