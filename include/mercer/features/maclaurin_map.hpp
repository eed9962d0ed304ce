#pragma once

#include <string>
#include <vector>

#include "mercer/base/random.hpp"
#include "mercer/features/mapped.hpp"

namespace mercer {

/// f(z) = Σ a_n zⁿ, all a_n ≥ 0. The release's trigh = sinh + cosh is exp again.
enum class DotFunction {
  exp,   // e^z
  inv,   // 1 / (1 − z)
  logi,  // 1 − ln(1 − z)
  sqrt,  // 2 − √(1 − z)
};

/// a_0 … a_degree.
std::vector<double> maclaurin_coefficients(DotFunction function, Index degree);

struct MaclaurinMapOptions {
  DotFunction function = DotFunction::exp;
};

/// φ with E⟨φ(q), φ(k)⟩ = f(⟨q̂, k̂⟩/√d), q̂ of unit length: one exact constant √a_0 and M − 1 products of N random
/// projections by signs, √(a_N / P[N]) Π_{l≤N} s_l·x̂ d^(−¼), degrees N ~ P[N = n] ∝ 2^−n, n = 1 … 20, the same for all
/// heads (Kar and Karnick, Random Feature Maps for Dot Product Kernels, AISTATS 2012; spec: Kernel Transformers,
/// section 6). Estimates may be negative. Degrees and signs are fixed at construction.
struct MaclaurinMap {
  using Options = MaclaurinMapOptions;
  static constexpr Index largest_degree = 20;
  Index heads, width;
  Variable degrees;  // [1, M − 1], fixed
  Variable signs;    // [h*d, Σ degrees], fixed
  Options options;

  MaclaurinMap(const Options& options, const MapSizes& sizes, Random& random);

  AnyKernel kernel() const { return InnerProduct{}; }
  Tensor noise(Random&) const { return {}; }
  Mapped operator()(const Variable& q, const Variable& k, const Variable& heard, const Variable& noise) const;
  Parameters parameters(const std::string& prefix = "") const;

 private:
  Variable features(const Variable& x) const;  // [n, h*d] → [n, h*M]
};

}  // namespace mercer
