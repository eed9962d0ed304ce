#pragma once

#include "mercer/features/similarity.hpp"

/// Similarities whose learned part is small: a scale, a shift, the choice of an energy.
namespace mercer {

/// κ(q / ℓ_h, k / ℓ_h) with a bandwidth ℓ_h learned for each head from 1 on, through its logarithm: of the Gaussian,
/// Skyformer's kernel (Chen et al., NeurIPS 2021, equation 3; spec: Kernel Transformers, section 4).
Similarity learned_bandwidth(const AnyKernel& kernel, HeadSizes sizes);

/// κ = cos(q, k) + shift.
struct CosineOptions {
  Real shift = 1;  // 1 leaves no weight negative

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// κ = exp(cos(q, k) / T_h), the temperature learned for each head from 1 on, through its logarithm: normalised
/// attention (Luo et al., Stable, Fast and Accurate, NeurIPS 2021, in expectation over its random features;
/// spec: Kernel Transformers, section 5). A bias for each type of edge is the layer's.
struct NormalisedDotOptions {
  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// κ = f(c_h ⟨q̂, k̂⟩), q̂ the unit vector of q less its mean, c_h in (0, 1) learned as a sigmoid from ½ on. SchoenbAt's
/// own scale is 1/√d, which leaves weights that are all nearly alike (spec: Kernel Transformers, section 6).
struct StandardisedSeriesOptions {
  Series function = Series::exponential;

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

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
struct EnergyOptions {
  Energy energy = Energy::rbf;
  EnergyAs as = EnergyAs::logit;

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

}  // namespace mercer
