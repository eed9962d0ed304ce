#pragma once

#include <string>
#include <vector>

#include "mercer/base/option_list.hpp"
#include "mercer/features/feature_map.hpp"
#include "mercer/features/similarities.hpp"
#include "mercer/kernel/dot_product.hpp"

namespace mercer {

/// The coefficients a_0 … a_degree of f(z) = Σ a_n zⁿ.
std::vector<double> maclaurin_coefficients(Series series, Index degree);

struct MaclaurinMapOptions {
  Series function = Series::exponential;
  Index frequencies = 64;  // M, features of each head

  void declare(OptionList& list) {
    list.add("frequencies", frequencies, range::count, "features of each head");
    list.add("function", function, series_choices, "function of the dot product");
  }

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// φ with E⟨φ(q), φ(k)⟩ = f(⟨q̂, k̂⟩/√d), where q̂ is q minus its mean, of unit length (the standardisation of
/// SchoenbAt, Guo et al., 2025), and k̂ that of k. The first feature is the exact constant √a_0. The other M − 1 are
/// products of N random sign projections, √(a_N / P[N]) Π_{l≤N} s_l·x̂ d^(−¼), with degrees N ~ P[N = n] ∝ 2^−n, n = 1
/// … 20, shared by all heads (Kar and Karnick, Random Feature Maps for Dot Product Kernels, AISTATS 2012). κ may be
/// negative. Degrees and signs are fixed at construction.
struct MaclaurinMap {
  static constexpr Index largest_degree = 20;
  Index heads, width;
  Variable degrees;  // [1, M − 1], fixed
  Variable signs;    // [h*d, Σ degrees], fixed
  MaclaurinMapOptions options;

  MaclaurinMap(const MaclaurinMapOptions& options, HeadSizes sizes, Random& random);

  AnyKernel kernel() const { return InnerProduct{}; }
  NoiseSize noise() const { return {}; }
  Compared operator()(const Variable& q, const Variable& k, const NodeMeans& means, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& prefix = "") const;

 private:
  Variable features(const Variable& x) const;  // [n, h*d] → [n, h*M]
};

}  // namespace mercer
