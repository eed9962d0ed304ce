#pragma once

#include "mercer/base/option_list.hpp"
#include "mercer/features/similarity.hpp"

/// Similarities with few or no learned values: a scale, a shift, a choice of energy.
namespace mercer {

/// κ(q / ℓ_h, k / ℓ_h) with a bandwidth ℓ_h learned for each head, from 1, through its logarithm. With the Gaussian it
/// is Skyformer's kernel (Chen et al., NeurIPS 2021, equation 3).
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

/// A kernel of the catalogue, fitted to the width (see Fitted) unless its bandwidth or its scale is given.
template <class K>
struct CatalogueOptions {
  std::optional<Real> sigma{};  // of a kernel that has one
  std::optional<Real> scale{};  // of a kernel that has one
  bool learn_sigma = false;     // a bandwidth for each head on top

  static constexpr bool has_sigma = requires(K kernel) { kernel.sigma; };
  static constexpr bool has_scale = requires(K kernel) { kernel.scale; };

  void declare(OptionList& list) {
    if (has_sigma) {
      list.add("sigma", sigma, range::above_zero, "bandwidth of the kernel; fitted to the width by default");
      list.add("learn-sigma", learn_sigma, "a factor of the bandwidth is learned for each head");
    }
    if (has_scale) list.add("scale", scale, range::finite, "scale of the dot product; 1 / sqrt(width) by default");
  }
  Similarity operator()(HeadSizes sizes, Random&) const {
    AnyKernel kernel = AnyKernel(K{}).fitted(sizes.width);
    if constexpr (has_sigma)
      if (sigma) kernel = K{.sigma = *sigma};
    if constexpr (has_scale)
      if (scale) kernel = K{.scale = *scale};
    return learn_sigma ? learned_bandwidth(kernel, sizes) : Similarity{.kernel = kernel};
  }
};

/// κ = cos(q, k) + shift.
struct CosineOptions {
  Real shift = 1;  // 1 makes every weight at least 0

  void declare(OptionList& list) {
    list.add("shift", shift, range::not_negative, "added to the kernel; from 1 on row sums stay above 0");
  }

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// κ = exp(cos(q, k) / T_h) with a temperature T_h learned for each head, from 1, through its logarithm: normalised
/// attention (Luo et al., Stable, Fast and Accurate, NeurIPS 2021, in expectation over its random features). The layer
/// adds a bias for each type of edge.
struct NormalisedDotOptions {
  Similarity operator()(HeadSizes sizes, Random& random) const;
};

inline constexpr Choice<Series> series_choices[]{{"exp", Series::exponential},
                                                 {"inv", Series::inverse},
                                                 {"logi", Series::logarithm},
                                                 {"trigh", Series::exponential},  // sinh z + cosh z
                                                 {"sqrt", Series::root}};

/// κ = f(c_h ⟨q̂, k̂⟩), where q̂ is the unit vector of q minus its mean, and c_h in (0, 1) is learned as a sigmoid,
/// from ½. SchoenbAt's own scale 1/√d makes all weights nearly equal.
struct StandardisedSeriesOptions {
  Series function = Series::exponential;

  void declare(OptionList& list) { list.add("function", function, series_choices, "function of the dot product"); }

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

inline constexpr Choice<Energy> energy_choices[]{
    {"dot", Energy::dot},         {"rbf", Energy::rbf},       {"inverse-quadratic", Energy::inverse_quadratic},
    {"laplace", Energy::laplace}, {"module", Energy::module}, {"module-release", Energy::module_release}};
inline constexpr Choice<EnergyAs> energy_as_choices[]{{"weight", EnergyAs::weight}, {"logit", EnergyAs::logit}};

/// a = softplus(α_h) > 0 is learned for each head, from 1; the dot product has no a. Softmax refuses dot and module as
/// weights. Throws ValueError for laplace and module_release as weights: both are never positive, so laplace would
/// prefer dissimilar nodes, and the sign of module_release would cancel.
struct EnergyOptions {
  Energy energy = Energy::rbf;
  EnergyAs as = EnergyAs::logit;

  void declare(OptionList& list) {
    list.add("energy", energy, energy_choices, "what two nodes are compared by");
    list.add("energy-as", as, energy_as_choices, "what the energy of a pair is");
  }

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

}  // namespace mercer
