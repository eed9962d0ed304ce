#pragma once

#include <optional>

#include "mercer/base/option_list.hpp"
#include "mercer/features/similarity.hpp"

namespace mercer {

/// κ = Σ_c π_c exp(−½‖R_c δ‖²) cos(μ_c·δ) + shift, δ = (q − k) / d^¼, of either sign: the expectation of random Fourier
/// features whose frequencies follow a Gaussian mixture, GMM-RKS of Chowdhury et al., Learning the Transformer Kernel,
/// TMLR 2022. Learned for each head: R_c [r, d], from R_cᵀR_c = I (its part of rank r); μ_c, from U(±1/√d); π =
/// softmax, from equal shares. Throws ValueError for impossible sizes.
struct MixtureOptions {
  Index components = 2;         // C, of each head
  std::optional<Index> rank{};  // r, rows of R_c; absent: the width d, at most 16
  Real shift = 1;               // added to κ

  void declare(OptionList& list) {
    list.add("components", components, range::count, "Gaussians of each head's mixture");
    list.add("rank", rank, range::count, "rank of a mixture's covariances");
    list.add("shift", shift, range::not_negative, "added to the kernel; from 1 on row sums stay above 0");
  }

  Similarity operator()(HeadSizes sizes, Random& random) const;
};

/// κ = exp(qᵀΣk + β(k)), β(k) = μ·k + ½ kᵀΣk − ‖k‖², with q and k divided by d^¼: the expectation of positive random
/// features whose frequencies follow N(μ, Σ), after rows are normalised (GMM-PRF of the same paper and section).
/// Learned for each head: Σ = diag(exp(2ρ)), from I, where κ is a Gaussian; and μ, from 0.
struct BilinearOptions {
  Similarity operator()(HeadSizes sizes, Random& random) const;
};

}  // namespace mercer
