#pragma once

#include "mercer/features/similarity.hpp"

/// Similarities with few or no learned values: a scale, a shift, a choice of energy.
namespace mercer {

/// κ(q / ℓ_h, k / ℓ_h) with a bandwidth ℓ_h learned for each head, from 1, through its logarithm. With the Gaussian it
/// is Skyformer's kernel (Chen et al., NeurIPS 2021, equation 3; spec: Kernel Transformers, section 4).
Similarity learned_bandwidth(const AnyKernel& kernel, HeadSizes sizes);

/// κ(a ∘ q, a ∘ k) with a scale a_hc > 0 learned for each component, from 1, through its logarithm, besides the scale
/// of the kernel, which is fitted to the width: automatic relevance determination (Neal, Bayesian Learning for Neural
/// Networks, 1996, section 1.2.3). The scale of an irrelevant component can go to 0. Separate projections of q and k
/// can learn scales themselves; tied ones (KernelAttentionOptions::tied) can't. Throws ValueError for a kernel with a
/// fixed head width, and for one that does not read q.
struct RelevanceOptions {
  AnyKernel kernel = Gaussian{};

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// κ = cos(q, k) + shift.
struct CosineOptions {
  Real shift = 1;  // 1 makes every weight at least 0

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// κ = exp(cos(q, k) / T_h) with a temperature T_h learned for each head, from 1, through its logarithm: normalised
/// attention (Luo et al., Stable, Fast and Accurate, NeurIPS 2021, in expectation over its random features; spec:
/// Kernel Transformers, section 5). The layer adds a bias for each type of edge.
struct NormalisedDotOptions {
  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// κ = f(c_h ⟨q̂, k̂⟩), where q̂ is the unit vector of q minus its mean, and c_h in (0, 1) is learned as a sigmoid,
/// from ½. SchoenbAt's own scale 1/√d makes all weights nearly equal (spec: Kernel Transformers, section 6).
struct StandardisedSeriesOptions {
  Series function = Series::exponential;

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// The energies of SA-AbMILP.
enum class Energy {
  dot,                // ⟨q, k⟩
  rbf,                // exp(−a‖q − k‖²)
  inverse_quadratic,  // 1 / (1 + a‖q − k‖²)
  laplace,            // −a‖q − k‖₁
  module,             // a Σ_c (|q_c| + |k_c| − |q_c − k_c|), positive definite
  module_release,     // the negative of module, as released: similar nodes weigh less
};
/// α = energy / Σ energy, or the softmax of energies, as released.
enum class EnergyAs { weight, logit };

/// a = softplus(α_h) > 0 is learned for each head, from 1; the dot product has no a. Softmax refuses dot and module as
/// weights. Throws ValueError for laplace and module_release as weights: both are never positive, so laplace would
/// prefer dissimilar nodes, and the sign of module_release would cancel.
struct EnergyOptions {
  Energy energy = Energy::rbf;
  EnergyAs as = EnergyAs::logit;

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

}  // namespace mercer
