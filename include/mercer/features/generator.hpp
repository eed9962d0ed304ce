#pragma once

#include <string>

#include "mercer/base/random.hpp"
#include "mercer/features/frequencies.hpp"

namespace mercer {

struct GeneratorOptions {
  static constexpr bool draws_noise = true;
  Index hidden = 0;  // width of the hidden layer; 0: 4 d
};

/// ω_m = tanh(W₂ᵀ leaky_relu(W₁ᵀ z_m + b₁) + b₂), z ~ N(0, I_d): a network maps noise to frequencies, shared by all
/// heads (Chowdhury, Solomou, Dubey, Sachan, On Learning the Transformer Kernel, TMLR 2022, Generative-RKS). The batch
/// normalisation of their hidden layer is left out: it would make a frequency depend on the other frequencies of the
/// draw. |ω_c| < 1 because of tanh, so the bandwidth of the kernel is at least σ. Weights start as Xavier's, biases at
/// 0.
struct Generator {
  using Options = GeneratorOptions;
  FrequencySizes sizes;
  Variable w1, b1;  // [d, hidden], [1, hidden]
  Variable w2, b2;  // [hidden, d], [1, d]

  Generator(const Options& options, const FrequencySizes& sizes, Random& random);

  NoiseSize noise() const { return {sizes.frequencies, sizes.width}; }  // z [M, d]
  Frequencies operator()(const Variable& q, const Variable& k, const Variable& noise) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
