#pragma once

#include <functional>

#include "mercer/autograd/variable.hpp"
#include "mercer/base/random.hpp"
#include "mercer/kernel/any_kernel.hpp"

namespace mercer {

/// What is learned between the projections of an attention layer and its kernel κ, which itself learns nothing.
struct Comparison {
  AnyKernel kernel;
  std::function<Variable(const Variable&)> seen;           // q or k [n, h*d] → what κ compares, [n, h*d']
  std::function<Variable(const Variable&)> key_bias = {};  // k [n, h*d] → [n, h], added to ln κ; absent: nothing
  Parameters parameters = {};
};

/// A layer asks for one of its size: h heads of width d.
struct HeadSizes {
  Index heads = 1;
  Index width = 0;
};
using MakeComparison = std::function<Comparison(HeadSizes, Random&)>;

/// κ(q / ℓ_h, k / ℓ_h) with a bandwidth ℓ_h learned for each head from 1 on, through its logarithm: of the Gaussian,
/// Skyformer's kernel (Chen et al., NeurIPS 2021, equation 3; spec: Kernel Transformers, section 4).
Comparison learned_bandwidth(const AnyKernel& kernel, HeadSizes sizes);

/// κ = cos(q, k) + shift. A shift of 1 leaves no weight negative.
Comparison cosine(Real shift, HeadSizes sizes);

/// κ = exp(cos(q, k) / T_h), the temperature learned for each head from 1 on, through its logarithm: normalised
/// attention (Luo et al., Stable, Fast and Accurate, NeurIPS 2021, in expectation over its random features;
/// spec: Kernel Transformers, section 5). A bias for each type of edge is the layer's.
Comparison normalised_dot(HeadSizes sizes);

/// κ = f(c_h ⟨q̂, k̂⟩), q̂ the unit vector of q less its mean, c_h in (0, 1) learned as a sigmoid from ½ on. SchoenbAt's
/// own scale is 1/√d, which leaves weights that are all nearly alike (spec: Kernel Transformers, section 6).
Comparison standardised_series(Series series, HeadSizes sizes);

/// What SA-AbMILP compares by.
enum class Energy {
  dot,                // ⟨q, k⟩
  rbf,                // exp(−a‖q − k‖²)
  inverse_quadratic,  // 1 / (1 + a‖q − k‖²)
  laplace,            // −a‖q − k‖₁
  module,             // a Σ_c (|q_c| + |k_c| − |q_c − k_c|), positive definite
  module_release,     // its negative, as released: the alike weigh less
};
/// α = energy / Σ energy, or the softmax of energies, as released.
enum class EnergyAs { weight, logit };

/// a = softplus(α_h) > 0 is learned for each head from 1 on; the dot product has none. Weights of dot and module have
/// no logarithm. Throws ValueError for laplace and module_release as weights: being negative throughout, the first
/// would prefer the unlike, and the sign of the second would drop out.
Comparison energy(Energy which, EnergyAs as, HeadSizes sizes);

}  // namespace mercer
