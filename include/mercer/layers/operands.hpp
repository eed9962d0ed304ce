#pragma once

#include <functional>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/attention/probe.hpp"
#include "mercer/features/similarity.hpp"
#include "mercer/layers/attention_layer.hpp"

namespace mercer {

/// All inputs of one layer's attention in one pass; y, α and the factors of α are functions of it.
/// n targets, m sources.
struct Operands {
  Neighbourhood neighbourhood;
  Input x;                           // [n, in], the layer's input after dropout
  Similarity similarity;             // κ and the map of q and k to its inputs
  Variable q{}, k{};                 // [n, h*d] and [m, h*d], as projected; undefined for a kernel that reads neither
  NodeMeans means{};                 // of q and k; defined when the similarity pools nodes
  std::vector<Compared> compared{};  // the inputs of κ, for each draw of noise
  Variable v{};                      // [m, h*e]
  AttendOptions options{};           // heads, denominator, magnitude, edge facts, dropout
  std::function<HalfSquares()> halves{};  // absent unless factors decompose the dot product
  bool linear = false;                    // y by attend_linear, on segments
  bool bias_is_similarity = false;        // the edge bias is ln κ, of the constant kernel
  Variable edge_term{};                   // [edges, h], what features of edges add within the score; else undefined
};

/// Fills `compared`. New noise takes the pass's next stream.
void compare(Operands& operands, Pass& pass);

/// y_i = Σ_j α_ij v_j [n, h*e], and the penalty of the similarity; both are means over the draws. Throw as attend, or
/// as attend_linear does.
Variable attend(const Operands& operands);
Variable penalty_of(const Operands& operands);

/// α without dropout [edges, h], in slot order. Throws as attention_weights does.
Tensor attention_weights(const Operands& operands);
/// α with its gradient, for a loss on α: an entropy, a distance.
Variable attention_alpha(const Operands& operands);
/// The factors of α, of the first draw. Factors of k that belong to κ count as similarity.
Factors attention_factors(const Operands& operands);
/// κ as a function of any q and k, with the layer's own q and k. Where segments have kernels of their own, it is that
/// of the first.
KernelProbe kernel_probe(const Operands& operands);

/// An attention layer.
template <class Layer>
concept Attending = requires(const Layer& layer, const Neighbourhood& neighbourhood, const Input& x, Pass& pass) {
  { layer.operands(neighbourhood, x, pass) } -> std::same_as<Operands>;
};

/// The operands of a layer in inference, without a tape.
template <Attending Layer>
Operands inference_operands(const Layer& layer, const Neighbourhood& neighbourhood, const Input& x) {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  return layer.operands(neighbourhood, x, pass);
}

}  // namespace mercer
