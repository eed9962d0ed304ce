#pragma once

#include <array>
#include <string>

#include "mercer/base/option_list.hpp"
#include "mercer/base/random.hpp"
#include "mercer/features/frequencies.hpp"

namespace mercer {

/// Defaults are those of the release, except the copula's.
struct SamplerOptions {
  static constexpr bool draws_noise = true;
  bool copula = true;          // MIKAN: draws of the heads are correlated; otherwise IKAN
  bool release = false;        // the copula as released: rows of L are summed, heads do not mix,
                               // and the penalty is −Σ Φ(X) ln(Φ(X) + 1e-5)
  Real prior = Real(0.1);      // σ₀, a deviation; of IKAN a variance
  Real lambda_kl = Real(0.1);  // factor of Σ KL(N(μ, σ²) ‖ N(0, σ₀²)), of IKAN N(0, σ₀)
  Real lambda_copula = 0;      // factor of −½ Σ_l ln det R_l, the heads' mutual information; needs the copula

  void declare(OptionList& list) {
    if (copula) {
      list.add("release", release, "mikan's copula without mixing heads");
      list.add_switch("release", "lambda-copula 1", [this] { lambda_copula = 1; });
    }
    list.add("prior", prior, range::above_zero,
             "spread of the prior of frequencies: the deviation of mikan's, the variance of ikan's");
    list.add("lambda-kl", lambda_kl, range::not_negative,
             "weight of the divergence from the prior, over the number of training nodes or sequences");
    if (copula)
      list.add("lambda-copula", lambda_copula, range::not_negative,
               "weight of the heads' mutual information, over the number of training nodes or sequences");
  }
};

/// Frequencies drawn from a density that depends on the data: IKAN and MIKAN of Song, Jung, Kim and Moon, Implicit
/// Kernel Attention, AAAI 2021, after their released code.
///
///   t_h = leaky_relu([mean q_h | mean k_h] W₁ + b₁)              of each head, slope 0.2, all networks shared by heads
///   μ_h = t_h W₂ + b₂,  ln σ_h = t_h W₃ + b₃ + ln σ₀ (IKAN: half of it: σ₀ is a variance),  u_h = tanh(t_h W_c + b_c)
///   X_h = ε_h / 10                                               IKAN
///   X_h = clamp((ε_h + u_h Σ_{k<h} u_k ε_k) / r_h, ±2)           MIKAN, for each channel: the Gaussian copula of L Lᵀ,
///                                                                L_hk = u_h u_k; r_h² = 1 + u_h² Σ_{k<h} u_k²
///   z = ±μ + σ X, half of the draws each; w₁ = f₁(z), w₂ = f₂(z)
///   f(z) = sign(z) ∘ (ψ(ψ(|z| W₁ + b₁) W₂ + b₂) W₃ + b₃)         odd, so that the density stays symmetric
///
/// −½ ln det R = Σ ln r_h, since L has a unit diagonal. Throws ValueError when M is odd.
struct FrequencySampler {
  using Options = SamplerOptions;
  struct Dense {
    Variable weight, bias;
    Variable operator()(const Variable& x) const;
  };
  /// [h, d] each; u undefined without a copula.
  struct Moments {
    Variable mean, log_sigma, u;
  };

  Options options;
  FrequencySizes sizes;
  Dense trunk, mean, log_sigma, copula;  // [2d, d], then [d, d]
  std::array<std::array<Dense, 3>, 2> networks;

  FrequencySampler(const Options& options, const FrequencySizes& sizes, Random& random);

  Moments moments(const Variable& q, const Variable& k) const;
  Variable draws(const Moments& moments, const Variable& noise) const;   // X [h*M, d]
  Variable points(const Moments& moments, const Variable& draws) const;  // z [h*M, d]
  Variable network(std::size_t which, const Variable& z) const;          // f, row by row

  NoiseSize noise() const { return {sizes.heads * sizes.frequencies, sizes.width}; }  // ε [h*M, d]
  Frequencies operator()(const Variable& q, const Variable& k, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& prefix = "") const;

 private:
  Variable log_row_squares(const Variable& u) const;  // ln r² [h, d]
  Variable penalty(const Moments& moments, const Variable& draws) const;
};

}  // namespace mercer
