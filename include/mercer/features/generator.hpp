#pragma once

#include <string>

#include "mercer/base/random.hpp"
#include "mercer/features/frequencies.hpp"

namespace mercer {

struct GeneratorOptions {
  Index hidden = 0;  // width of the hidden layer; 0: 4 d
};

/// ω_m = tanh(W₂ᵀ leaky_relu(W₁ᵀ z_m + b₁) + b₂), z ~ N(0, I_d): a network makes frequencies of noise, the same for all
/// heads (Chowdhury, Solomou, Dubey, Sachan, On Learning the Transformer Kernel, TMLR 2022, Generative-RKS). Their
/// batch normalisation of the hidden layer is left out: with it a frequency would depend on its neighbours in the
/// draw. |ω_c| < 1 by tanh, so the bandwidth of the kernel has σ as its floor.
struct Generator {
  using Options = GeneratorOptions;
  FrequencySizes sizes;
  Variable w1, b1;  // [d, hidden], [1, hidden]
  Variable w2, b2;  // [hidden, d], [1, d]

  Generator(const Options& options, const FrequencySizes& sizes, Random& random);

  Tensor noise(Random& random) const;  // z [M, d]
  Frequencies operator()(const Variable& q, const Variable& k, const Variable& noise) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
