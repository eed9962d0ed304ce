#pragma once

#include <optional>
#include <string>

#include "mercer/features/feature_map.hpp"
#include "mercer/layers/join_heads.hpp"
#include "mercer/layers/landmark_attention.hpp"
#include "mercer/layers/linear.hpp"

/// Layers that attend through landmarks, on segments alone. Their y is join_h(…) + b + residual, q = x W_q, k = x W_k,
/// v = x W_v. Both throw ValueError for another topology, causal segments and dropout on α, which they don't form, and
/// DeviceError for x on a CUDA device.
namespace mercer {

/// Landmarks drawn anew in every training pass, or once.
inline constexpr Choice<Noise> landmark_noise_choices[]{{"redrawn", Noise::redrawn}, {"frozen", Noise::frozen}};
inline constexpr Choice<InverseBy> inverse_choices[]{{"iteration", InverseBy::iteration},
                                                     {"cholesky", InverseBy::cholesky}};

struct SkyformerOptions {
  Index landmarks = 128;
  Real gamma = Real(0.1);
  InverseBy inverse = InverseBy::iteration;
  Noise noise = Noise::redrawn;
  std::optional<Index> key_width{};  // d of q and k in one head; absent: the width of y's
  bool projection_bias = false;

  void declare(OptionList& list) {
    list.add("landmarks", landmarks, range::count, "rows that stand for all rows of a sequence");
    list.add("gamma", gamma, range::not_negative, "added to the diagonal of the landmarks' kernel matrix");
    list.add("inverse", inverse, inverse_choices, "how that matrix is inverted: six steps as released, or exactly");
    list.add("noise", noise, landmark_noise_choices, "of sampled landmarks, drawn again in training unless frozen");
    list.add("key-width", key_width, range::count,
             "width of queries and keys in each head; that of the values by default");
    list.add("projection-bias", projection_bias, "biases in the projections");
  }
};

/// attend_completed of the Gaussian exp(−‖q − k‖² / 2√d), without normaliser. The landmarks are rows of a sequence,
/// uniformly and with replacement: the first half of the q's, the others of the k's. All sequences and heads of a pass
/// have the same places in [0, 1), so a sequence has the output that it has alone; evaluation keeps its places.
struct SkyformerAttention {
  AttentionLayerOptions layer;
  SkyformerOptions options;
  Linear query, key, value;  // [in, h*key_width] twice, [in, h*d]
  Variable places;           // [1, landmarks] in [0, 1), fixed
  JoinHeads join_heads;

  SkyformerAttention(const AttentionLayerOptions& layer, const SkyformerOptions& options, Random& random);

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
};

struct NystromOptions {
  Index landmarks = 64;
  Index convolution = 35;  // taps of the convolution of v, odd; 0: none
  bool projection_bias = false;

  void declare(OptionList& list) {
    list.add("landmarks", landmarks, range::count, "rows that stand for all rows of a sequence");
    list.add("convolution", convolution, {0, 1023, "0 to 1023"},
             "taps of a convolution of the values that is added, an odd number; 0: none");
    list.add("projection-bias", projection_bias, "biases in the projections");
  }
};

/// attend_by_means plus Σ_t w_ht v_{i + t − ⌊taps / 2⌋} within the sequence, a convolution with weights for each head,
/// from U(±1/√taps): Nyströmformer.
struct NystromAttention {
  AttentionLayerOptions layer;
  NystromOptions options;
  Linear query, key, value;  // [in, h*d]
  Variable taps;             // w [taps, h], undefined without a convolution
  JoinHeads join_heads;

  NystromAttention(const AttentionLayerOptions& layer, const NystromOptions& options, Random& random);

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
};

/// Σ_t w_ht v_{i + t − ⌊taps / 2⌋} over the rows of a segment; v [n, h*d], w [taps, h].
Variable convolved_rows(const Segments& segments, const Variable& v, const Variable& w);

}  // namespace mercer
