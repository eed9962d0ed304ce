#pragma once

#include <string>
#include <vector>

#include "mercer/base/option_list.hpp"
#include "mercer/base/random.hpp"
#include "mercer/features/frequencies.hpp"

namespace mercer {

/// The published widths of the network, from noise to frequencies of width d: d, 4d, d (ListOps, Retrieval) or d/2, 2d,
/// 4d, d (text).
enum class GeneratorWidths { two_layers, three_layers };
inline constexpr Choice<GeneratorWidths> generator_widths_choices[]{{"two-layers", GeneratorWidths::two_layers},
                                                                    {"three-layers", GeneratorWidths::three_layers}};

struct GeneratorOptions {
  static constexpr bool draws_noise = true;
  GeneratorWidths widths = GeneratorWidths::two_layers;
  bool batch_norm = true;  // of hidden layers, over the frequencies of a draw

  void declare(OptionList& list) {
    list.add("generator", widths, generator_widths_choices,
             "the network that makes frequencies of width d: d, 4d, d, or d/2, 2d, 4d, d, as published for long texts");
    list.add("generator-norm", batch_norm, "batch normalisation of its hidden layers, over the frequencies of a draw");
  }
};

/// ω_m = tanh(W₂ᵀ leaky_relu(norm(W₁ᵀ z_m)) + b₂), z ~ N(0, I): a network maps noise to frequencies, shared by all
/// heads (Chowdhury, Solomou, Dubey, Sachan, On Learning the Transformer Kernel, TMLR 2022, Generative-RKS). The norm
/// is batch normalisation over the M frequencies of a draw, whose statistics join the running ones by a tenth in
/// training, as those of BatchNorm; evaluation normalises each kept draw by the running ones. Without it W₁ᵀ z_m + b₁.
/// |ω_c| < 1 because of tanh, so the bandwidth of the kernel is at least σ. Weights start as Xavier's, biases at 0.
struct Generator {
  using Options = GeneratorOptions;
  struct Layer {
    Variable weight, bias;                    // [in, out], [1, out]; the bias is that of the norm where there is one
    Variable gain;                            // [1, out] of the norm; undefined without, as the next two
    Variable running_mean, running_variance;  // [1, out], fixed: at first 0 and 1
  };
  FrequencySizes sizes;
  std::vector<Layer> layers;

  Generator(const Options& options, const FrequencySizes& sizes, Random& random);

  NoiseSize noise() const { return {sizes.frequencies, layers.front().weight.rows()}; }
  Frequencies operator()(const Variable& q, const Variable& k, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
